import { CsvError, parse } from 'csv-parse/sync'

/** The file says something that the format or its own rules do not allow: `krakow.pb:12:5: why`, line and column from 1. */
export class PabulibError extends Error {
  readonly line: number
  readonly column: number

  constructor(file: string, { line, column }: Position, why: string) {
    super(`${file}:${line}:${column}: ${why}`)
    this.name = 'PabulibError'
    this.line = line
    this.column = column
  }
}
export interface Position {
  readonly line: number
  /** In UTF-16 units. */
  readonly column: number
}
export interface Cell {
  readonly text: string
  readonly at: Position
}
export interface Row {
  readonly at: Position
  /** Undefined where the section has no such column. */
  cell(column: string): Cell | undefined
}
export interface Section {
  readonly at: Position
  /** Of the line with the names of the columns. */
  readonly header: Position
  readonly rows: readonly Row[]
}
const sectionNames = ['META', 'PROJECTS', 'VOTES'] as const
export type Sections = Readonly<Record<(typeof sectionNames)[number], Section>>

/**
 * The three sections of a Pabulib file, in their order, each with a header line: UTF-8 (with or without a byte order mark), a
 * record on each line, fields between semicolons, quoted as in RFC 4180. Empty lines are skipped.
 * @param needed columns that a section must have.
 */
export function readSections(
  bytes: Uint8Array,
  file: string,
  needed: Readonly<Record<keyof Sections, readonly string[]>>,
): Sections {
  const records = readRecords(bytes, file)
  const end: Position = { line: (records.at(-1)?.[0]?.at.line ?? 0) + 1, column: 1 }
  const starts = sectionNames.map((name) => records.findIndex((r) => r.length === 1 && r[0]?.text === name))
  const missing = sectionNames.find((_, i) => starts[i] === -1)
  if (missing !== undefined) throw new PabulibError(file, end, `section ${missing} is missing`)
  const [meta = 0, projects = 0, votes = 0] = starts
  const first = records[0]?.[0]
  if (first !== undefined && meta !== 0) throw new PabulibError(file, first.at, 'does not start with META')
  if (projects < meta || votes < projects)
    throw new PabulibError(
      file,
      records[projects < meta ? projects : votes]![0]!.at,
      'the sections are META, PROJECTS, VOTES, in this order',
    )
  return {
    META: section('META', records.slice(meta, projects)),
    PROJECTS: section('PROJECTS', records.slice(projects, votes)),
    VOTES: section('VOTES', records.slice(votes)),
  }

  function section(name: keyof Sections, [title, header, ...rows]: Cell[][]): Section {
    const at = title![0]!.at
    if (header === undefined) throw new PabulibError(file, at, `section ${name} has no line of column names`)
    const columns = new Map<string, number>()
    for (const [i, { text, at: place }] of header.entries()) {
      if (columns.has(text)) throw new PabulibError(file, place, `column “${text}” is there twice`)
      columns.set(text, i)
    }
    const start = header[0]!.at
    const lacking = needed[name].find((column) => !columns.has(column))
    if (lacking !== undefined)
      throw new PabulibError(file, start, `section ${name} has no column “${lacking}”`)
    return {
      at,
      header: start,
      rows: rows.map((cells) => {
        const place = cells[0]!.at
        if (cells.length !== columns.size)
          throw new PabulibError(file, place, `${cells.length} fields instead of ${columns.size}`)
        return { at: place, cell: (column) => cells[columns.get(column) ?? -1] }
      }),
    }
  }
}

function readRecords(bytes: Uint8Array, file: string): Cell[][] {
  let source: string
  try {
    source = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new PabulibError(file, { line: 1, column: 1 }, 'not UTF-8')
  }
  return source.split(/\r?\n/).flatMap((text, i) => (text === '' ? [] : [readRecord(text, i + 1)]))

  function readRecord(text: string, line: number): Cell[] {
    let fields: string[]
    try {
      fields = parse(text, { delimiter: ';' })[0] ?? []
    } catch (error) {
      if (!(error instanceof CsvError)) throw error
      throw new PabulibError(file, { line, column: 1 }, 'quotes that do not enclose one field of this line')
    }
    const starts = fieldStarts(text)
    return fields.map((field, f) => ({ text: field, at: { line, column: starts[f] ?? 1 } }))
  }
}

/** Columns at which the contents of the fields of a well-formed record start. */
function fieldStarts(text: string): number[] {
  const starts: number[] = []
  let quoted = false
  for (let i = -1; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted
    if (i === -1 || (text[i] === ';' && !quoted)) starts.push(text[i + 1] === '"' ? i + 3 : i + 2)
  }
  return starts
}
