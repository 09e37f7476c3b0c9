import { parse } from 'csv-parse/sync'
import type { Issued, Person } from '@cista/organiser'
import type { Definition } from '@cista/protocol'
import { Failure } from './failure.js'

interface Cell {
  readonly text: string
  readonly line: number
  readonly column: number
}
const columns = ['name', 'style', 'weight']

/**
 * People from a CSV with a first row of column names: `name`, and where it matters `style` and `weight`.
 * @throws {Failure} with everything that is wrong, by line and column of cells.
 */
export function readPeople(text: string, file: string, { manifest }: Definition): Person[] {
  const [head, ...rows] = readRows(text, file)
  const faults: string[] = []
  const fault = ({ line, column }: Cell, why: string) => faults.push(`${file}:${line}:${column}: ${why}`)
  if (head === undefined) throw new Failure(`${file} is empty: it needs a first row with the column “name”`)
  for (const cell of head)
    if (!columns.includes(cell.text))
      fault(cell, `no column “${cell.text}” here; there are ${columns.join(', ')}`)
  const at = (column: string) => head.findIndex((cell) => cell.text === column)
  if (at('name') < 0) fault(head[0]!, 'there is no column “name”')
  const only = manifest.styles.length === 1 ? manifest.styles[0]!.id : undefined
  if (at('style') < 0 && only === undefined)
    fault(
      head[0]!,
      `there is no column “style”, but there are ballot styles ${manifest.styles.map((s) => s.id).join(', ')}`,
    )
  const seen = new Set<string>()
  const people = rows.map((row): Person => {
    const [first] = row as [Cell, ...Cell[]]
    if (row.length !== head.length) fault(first, `${row.length} cells instead of ${head.length}`)
    const cell = (column: string) => row[at(column)]
    const name = cell('name')?.text.trim() ?? ''
    if (name === '') fault(first, 'no name')
    else if (seen.has(name)) fault(first, `“${name}” is there twice`)
    seen.add(name)
    const style = cell('style')?.text.trim() ?? only ?? ''
    if (!manifest.styles.some((s) => s.id === style))
      fault(cell('style') ?? first, `no ballot style “${style}”`)
    const weight = cell('weight')?.text.trim() ?? '1'
    if (!/^[1-9][0-9]{0,9}$/.test(weight))
      fault(cell('weight') ?? first, `“${weight}” is no weight: a whole number from 1 is needed`)
    return { name, style, weight: Number(weight) }
  })
  if (people.length === 0) faults.push(`${file}: nobody is in it`)
  const total = people.reduce((sum, p) => sum + p.weight, 0)
  if (total > manifest.maximumWeight)
    faults.push(`${file}: a total weight of ${total}, but the manifest allows ${manifest.maximumWeight}`)
  if (faults.length > 0) throw new Failure(`${file} cannot be used`, faults)
  return people
}

function readRows(text: string, file: string): Cell[][] {
  try {
    const parsed = parse(text, {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }) as unknown as {
      record: string[]
      info: { lines: number }
    }[]
    return parsed.map(({ record, info }) =>
      record.map((value, i) => ({ text: value, line: info.lines, column: i + 1 })),
    )
  } catch (error) {
    const { lines, message } = error as { lines?: number; message: string }
    throw new Failure(`${file}:${lines ?? 1}: ${message}`)
  }
}

/** Names and codes for printing and mailing. A cell that a spreadsheet would take for a formula is defused. */
export function writeCodes(issued: readonly Issued[]): string {
  return `name,code\n${issued.map(({ person, code }) => `${cellOf(person.name)},${code}\n`).join('')}`
}

function cellOf(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** The code of a person in a file that `writeCodes` made. */
export function findCode(text: string, file: string, name: string): string {
  const [, ...rows] = readRows(text, file)
  const found = rows.filter(([first]) => first?.text === name || first?.text === `'${name}`)
  if (found.length !== 1)
    throw new Failure(`${file}: ${found.length === 0 ? 'nobody' : 'more than one'} is named “${name}”`)
  return found[0]![1]?.text ?? ''
}
