import { readFileSync, writeFileSync } from 'node:fs'

/** A table in Markdown, which is readable on a terminal too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join(' | ')} |`
  const rule = `| ${widths.map((w, c) => (c === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** Puts a text between the README's markers of this name. */
export function writeReadme(name: 'bench' | 'bench-cast' | 'bench-page', text: string): void {
  const readme = readFileSync('README.md', 'utf8')
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [readme.indexOf(start), readme.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`README.md has no markers of ${name}`)
  writeFileSync('README.md', `${readme.slice(0, from)}${start}\n${text}\n${readme.slice(to)}`)
}
