import { readFileSync, writeFileSync } from 'node:fs'

/** A table in Markdown, which is readable on a terminal too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]!.length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join(' | ')} |`
  const rule = `| ${widths.map((w, c) => (c === 0 ? '-'.repeat(w) : `${'-'.repeat(w - 1)}:`)).join(' | ')} |`
  return [line(head), rule, ...rows.map(line)].join('\n')
}

/** Puts a text between the README's markers. */
export function writeReadme(text: string): void {
  const readme = readFileSync('README.md', 'utf8')
  const marked = /<!-- bench:start -->[\s\S]*<!-- bench:end -->/
  if (!marked.test(readme)) throw new Error('README.md has no bench markers')
  writeFileSync(
    'README.md',
    readme.replace(marked, () => `<!-- bench:start -->\n${text}\n<!-- bench:end -->`),
  )
}
