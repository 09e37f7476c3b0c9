import { parse } from 'csv-parse/sync'
import { type Person, counted } from '@cista/organiser'
import type { Definition } from '@cista/protocol'
import { Failure } from '@cista/terminal'

export interface Cell {
  readonly text: string
  readonly line: number
  readonly column: number
}
const columns = ['name', 'id', 'style', 'weight']
// oxlint-disable-next-line no-control-regex
export const control = /[\u0000-\u001f\u007f]/

/**
 * People from a CSV with a first row of column names: `name`, `id` where people share names, and where it matters `style` and `weight`.
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
    else if (head.some((other) => other.text === cell.text && other.column < cell.column))
      fault(cell, `column “${cell.text}” twice`)
  if (head.length === 1 && head[0]!.text.includes(';'))
    fault(head[0]!, 'fields are separated by commas in this file, not semicolons')
  const at = (column: string) => head.findIndex((cell) => cell.text === column)
  if (at('name') < 0) fault(head[0]!, 'there is no column “name”')
  const only = manifest.styles.length === 1 ? manifest.styles[0]!.id : undefined
  if (at('style') < 0 && only === undefined)
    fault(
      head[0]!,
      `there is no column “style”, but there are ballot styles ${manifest.styles.map((s) => s.id).join(', ')}`,
    )
  const identity = at('id') < 0 ? 'name' : 'id'
  const seen = new Map<string, number>()
  const people = rows.map((row): Person => {
    const [first] = row as [Cell, ...Cell[]]
    if (row.length !== head.length) fault(first, `${counted(row.length, 'cell')} instead of ${head.length}`)
    const cell = (column: string) => row[at(column)]
    const name = cell('name')?.text.trim() ?? ''
    if (name === '') fault(cell('name') ?? first, 'no name')
    const who = cell(identity)?.text.trim() ?? ''
    if (who === '' && identity === 'id') fault(cell('id') ?? first, 'no id')
    const twin = seen.get(who)
    if (twin === undefined) seen.set(who, first.line)
    else if (who !== '') {
      const hint = identity === 'name' ? ': tell people of one name apart by a column “id”' : ''
      fault(cell(identity) ?? first, `“${who}” is on line ${twin} already${hint}`)
    }
    for (const c of row) if (control.test(c.text)) fault(c, 'a line break or another control character')
    const style = cell('style')?.text.trim() ?? only ?? ''
    if (!manifest.styles.some((s) => s.id === style))
      fault(cell('style') ?? first, `no ballot style “${style}”`)
    const weight = cell('weight')?.text.trim() ?? '1'
    if (!/^[1-9][0-9]{0,9}$/.test(weight))
      fault(cell('weight') ?? first, `“${weight}” is no weight: a whole number from 1 is needed`)
    return { name, ...(identity === 'id' ? { id: who } : {}), style, weight: Number(weight) }
  })
  if (people.length === 0) faults.push(`${file}: nobody is in it`)
  const total = people.reduce((sum, p) => sum + p.weight, 0)
  if (total > manifest.maximumWeight)
    faults.push(`${file}: a total weight of ${total}, but the manifest allows ${manifest.maximumWeight}`)
  if (faults.length > 0) throw new Failure(`${file} cannot be used`, faults)
  return people
}

/** Rows of a CSV; empty lines are left out. @throws {Failure} where it is none. */
export function readRows(text: string, file: string): Cell[][] {
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
