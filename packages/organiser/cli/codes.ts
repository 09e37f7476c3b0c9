import { open } from 'node:fs/promises'
import type { Issued } from '@cista/organiser'
import { Failure } from '@cista/terminal'
import { readText } from './files.js'
import { readRows } from './people.js'

/** Names and codes for printing and mailing; the code is the last column. A cell that a spreadsheet would take for a formula is defused. */
export function writeCodes(issued: readonly Issued[]): string {
  const withId = issued.some(({ person }) => person.id !== undefined)
  const rows = issued.map(({ person: { name, id }, code }) => [name, ...(withId ? [id ?? ''] : []), code])
  return [['name', ...(withId ? ['id'] : []), 'code'], ...rows].map((row) => `${lineOf(row)}\n`).join('')
}

/** A row of a CSV whose cells are safe already. */
export const safeLine = (row: readonly string[]): string => row.map(cellOf).join(',')
const lineOf = (row: readonly string[]): string => safeLine(row.map(defused))
const defused = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
const cellOf = (safe: string): string => (/[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe)

/** Names and codes as `writeCodes` made them. Somebody with a new code has several rows: none is ever taken out. */
export interface CodesFile {
  readonly path: string
  readonly withId: boolean
  readonly rows: readonly { readonly name: string; readonly id: string; readonly code: string }[]
  readonly newline: string
  /** The last line has no end: another row must not be glued to it. */
  readonly ragged: boolean
}

/** @throws {Failure} unless there are columns `name` and `code`. */
export function parseCodes(text: string, path: string): CodesFile {
  const [head = [], ...rows] = readRows(text, path)
  const at = (column: string) => head.findIndex((cell) => cell.text === column)
  const [name, id, code] = [at('name'), at('id'), at('code')]
  if (name < 0 || code < 0)
    throw new Failure(
      `${path} is no file of codes: its first row must be “name,code” or “name,id,code”, with commas`,
    )
  return {
    path,
    withId: id >= 0,
    rows: rows.map((row) => {
      const text = (column: number) => row[column]?.text ?? ''
      return { name: text(name), id: text(id), code: text(code) }
    }),
    newline: text.includes('\r\n') ? '\r\n' : '\n',
    ragged: text !== '' && !text.endsWith('\n'),
  }
}

export const readCodes = async (path: string): Promise<CodesFile> => parseCodes(await readText(path), path)

/** Who is meant by a name or an id, with all codes they were given, in their order; undefined where nobody is. @throws {Failure} where several are. */
export function ownerOf(
  { rows, path }: CodesFile,
  person: string,
): { readonly name: string; readonly id: string; readonly codes: readonly string[] } | undefined {
  const wanted = defused(person)
  const found = rows.filter(({ name, id }) => name === wanted || (id !== '' && id === wanted))
  const [first] = found
  if (first === undefined) return undefined
  if (found.some(({ name, id }) => name !== first.name || id !== first.id))
    throw new Failure(`${path}: several people are called “${person}”: give the id`)
  return { name: first.name, id: first.id, codes: found.map(({ code }) => code) }
}

/** Adds a row at the end, in one write that is on the disk when it resolves; what stands in the file is never touched. */
export async function appendCode(
  { path, withId, newline, ragged }: CodesFile,
  { name, id = '' }: { readonly name: string; readonly id?: string },
  code: string,
): Promise<void> {
  const row = lineOf([name, ...(withId ? [id] : []), code])
  try {
    const file = await open(path, 'a')
    try {
      await file.write(`${ragged ? newline : ''}${row}${newline}`)
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new Failure(`${path} cannot be written: ${(error as Error).message}`)
  }
}
