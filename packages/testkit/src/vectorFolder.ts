import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { MemoryRecord, fromUtf8 } from '@cista/board'
import type { ExamineOptions } from '@cista/verifier'
import type { Expected } from './vectors.js'

const home = fileURLToPath(new URL('../../../docs/spec/vectors/', import.meta.url))
export const expectedFile = 'expected.json'

/** The folders of all stored vectors, below docs/spec/vectors. */
export const vectorFolders = (): string[] =>
  filesBelow('')
    .filter((path) => path.endsWith(`/${expectedFile}`))
    .map((path) => path.slice(0, -expectedFile.length - 1))
    .sort()

/** Every file of a stored vector, by its path in the vector's folder. */
export const vectorFiles = (folder: string): Map<string, Uint8Array> =>
  new Map(
    filesBelow(folder).map((path) => [
      path.slice(folder.length + 1),
      new Uint8Array(readFileSync(`${home}${path}`)),
    ]),
  )

/** A stored vector: the record, what its verifier is told, and what it must say. */
export function loadVector(folder: string): {
  readonly record: MemoryRecord
  readonly options: ExamineOptions
  readonly expected: Expected
} {
  const files = vectorFiles(folder)
  const text = (path: string) => fromUtf8(files.get(path)!)
  const expected = JSON.parse(text(expectedFile)) as Expected
  const { election, checkpoint } = expected.given
  const record = new MemoryRecord(
    [...files].flatMap(([path, bytes]) =>
      path.startsWith('record/') ? [[path.slice('record/'.length), bytes] as const] : [],
    ),
  )
  const options = {
    ...(election === undefined ? {} : { election }),
    ...(checkpoint === undefined ? {} : { earlier: text(checkpoint) }),
  }
  return { record, options, expected }
}

const filesBelow = (folder: string): string[] =>
  readdirSync(`${home}${folder}`, { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
