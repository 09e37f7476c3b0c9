import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DecodeError, type RecordSource, checkpointPath, fromUtf8, toTimestamp } from '@cista/board'
import { type Fetch, RecordUnavailable, Unreachable, httpRecord } from '@cista/verifier'
import { InvalidArgumentError } from 'commander'
import { folderRecord } from './folder.js'

/** Exit status where nothing can be said about a record: no network, no such file, wrong usage. */
export const couldNotRun = 2

/** Milliseconds after which an answer is not waited for any more. */
const patience = 300_000

const isAddress = (place: string): boolean => /^https?:\/\//.test(place)

const patientFetch: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(patience) })

/** A record by its address or folder. */
export const recordAt = (place: string): RecordSource =>
  isAddress(place) ? httpRecord(place, patientFetch) : folderRecord(place)

export function electionId(value: string): string {
  if (!/^[0-9a-f]{64}$/.test(value))
    throw new InvalidArgumentError('An election id is 64 hexadecimal digits.')
  return value
}

export const timeNow = (): string => toTimestamp(Math.floor(Date.now() / 1000))

/** Resolves when the text has left, so that the process may end. */
export const print = (text: string): Promise<void> =>
  new Promise((done) => process.stdout.write(`${text}\n`, () => done()))

/** A signed note out of a file, or the checkpoint of a record. @throws {Unreachable} @throws {RecordUnavailable} */
export async function noteAt(place: string): Promise<string> {
  if (isAddress(place)) return checkpointOf(recordAt(place.replace(/\/checkpoint$/, '')), place)
  try {
    return textOf(new Uint8Array(await readFile(place)), place)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EISDIR') return checkpointOf(folderRecord(place), place)
    throw error
  }
}

async function checkpointOf(source: RecordSource, place: string): Promise<string> {
  const bytes = await source.read(checkpointPath)
  if (bytes === undefined) throw new RecordUnavailable(`there is no checkpoint at ${place}`)
  return textOf(bytes, place)
}

function textOf(bytes: Uint8Array, place: string): string {
  try {
    return fromUtf8(bytes)
  } catch {
    throw new RecordUnavailable(`${place} is no text`)
  }
}

/** Writes a whole file, or leaves the one that is there. */
export async function replaceFile(path: string, bytes: Uint8Array | string): Promise<void> {
  const draft = `${path}.${process.pid}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(draft, bytes, { flush: true })
  await rename(draft, path)
}

/** What kept a command from running, for people. */
export function explain(error: unknown): string {
  if (error instanceof RecordUnavailable || error instanceof Unreachable || error instanceof DecodeError)
    return error.message
  const { code, message, path, syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' && syscall === 'open') return `there is no file ${path}`
  return code === undefined ? `a fault in the verifier itself, please report it: ${String(error)}` : message
}
