import { attacks } from '@cista/testkit'
import { checklist, findingCodes } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { filesBelow, read } from './files.js'

// docs/attacks.md says which attack is tried where. Here it is held.

interface Row {
  readonly name: string
  readonly doors: string
  readonly text: string
}
const page = read('docs/attacks.md')
const tables = page.split(/\n(?=\|[^\n]*\| doors \|)/).slice(1)
const rows = tables.flatMap((table): Row[] => {
  const [header, , ...lines] = table.split('\n').filter((line) => line.startsWith('|'))
  const at = cellsOf(header!).indexOf('doors')
  return lines.map((line) => {
    const cells = cellsOf(line)
    if (cells.length !== cellsOf(header!).length) throw new Error(`not a row of its table: ${line}`)
    return { name: cells.slice(0, at).join(' '), doors: cells[at]!, text: cells.slice(at + 1).join(' ') }
  })
})
function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

const cited = (text: string) =>
  [...text.matchAll(/`([A-Z_]+)`((?: \*[^*]+\*,?)+)/g)].flatMap(([, code, names]) =>
    [...names!.matchAll(/\*([^*]+)\*/g)].map(([, name]) => ({ code: code!, name: name! })),
  )
const tests = (text: string) =>
  [...text.matchAll(/`([\w/.-]+\.test\.ts)`(?: “([^”]+)”)?/g)].map(([, file, title]) => ({
    file: file!.startsWith('test/') ? file! : `packages/${file!.replace('/', '/test/')}`,
    title,
  }))

const attackOf = ({ code, name }: { code: string; name: string }) =>
  attacks.find((attack) => attack.code === code && attack.name === name)
/** Where every attack of a kind is tried, by the tests that the page names. */
function doorsOf(code: string): string[] {
  const { id } = checklist.find((check) => (findingCodes[check.id] as readonly string[]).includes(code))!
  const defines = id === 'V1' && code !== 'MANIFEST_MISSING' && code !== 'MANIFEST_ID'
  const submitted = defines || ['V3', 'V4', 'V5', 'V6', 'V9'].includes(id)
  const shown = !['V9', 'V10'].includes(id) && code !== 'BOARD_EARLIER'
  return ['V', 'P', ...(submitted ? ['S'] : []), ...(shown ? ['T'] : [])]
}

describe('the table of attacks', () => {
  it('is there', () => {
    expect(rows.length).toBeGreaterThan(90)
  })

  it('cites attacks that there are', () => {
    expect(cited(page).filter((attack) => attackOf(attack) === undefined)).toEqual([])
  })

  it('cites tests that there are', () => {
    const files = new Set(filesBelow(''))
    for (const { file, title } of tests(page)) {
      expect(files).toContain(file)
      if (title !== undefined) expect(read(file), `${file}: ${title}`).toContain(title)
    }
  })

  it.each(rows.map((row) => [row.name, row] as const))(
    'names the doors, and why: %s',
    (_, { doors, text }) => {
      expect(doors).toMatch(/^(?:–|V?(?: ?P)?(?: ?S)?(?: ?T)?(?: ?C)?)$/)
      expect(doors).not.toBe('')
      expect(text).not.toBe('')
      const wanted = new Set(cited(text).flatMap(({ code }) => doorsOf(code)))
      for (const door of wanted) expect(doors.split(' ')).toContain(door)
      // A door beyond those of the attacks wants a test of its package.
      const own: Readonly<Record<string, string>> = { S: 'server', T: 'trustee', C: 'client' }
      const packages = tests(text).map(({ file }) => file.split('/')[1])
      for (const door of doors.split(' ').filter((d) => !wanted.has(d) && Object.hasOwn(own, d)))
        expect(packages).toContain(own[door])
    },
  )

  it('leaves out no finding that a verifier can have', () => {
    const codes = new Set(cited(page).map(({ code }) => code))
    expect(checklist.flatMap(({ id }) => findingCodes[id]).filter((code) => !codes.has(code))).toEqual([])
  })

  it('leaves out no attack', () => {
    const named = new Set(cited(page).map(({ code, name }) => `${code} ${name}`))
    expect(attacks.map(({ code, name }) => `${code} ${name}`).filter((a) => !named.has(a))).toEqual([])
  })
})
