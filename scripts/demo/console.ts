const started = performance.now()
const time = () => `${((performance.now() - started) / 1000).toFixed(0).padStart(4)} s`

/** A step that begins. */
export function say(text: string): void {
  process.stdout.write(`${time()}  ${text}\n`)
}
export function detail(text: string): void {
  process.stdout.write(`        ${text}\n`)
}

/** Progress of one step: a line that moves on a terminal, every tenth part elsewhere. */
export function progressOf(what: string, total: number): (done: number) => void {
  let shown = -1
  return (done) => {
    const tenth = Math.floor((done * 10) / total)
    if (process.stdout.isTTY) {
      const bar = '█'.repeat(tenth * 2).padEnd(20, '░')
      process.stdout.write(`\r${time()}  ${bar} ${done} of ${total} ${what}${done === total ? '\n' : ''}`)
    } else if (tenth > shown) say(`${done} of ${total} ${what}`)
    shown = tenth
  }
}

/** Totals as bars, beside the numbers to compare with. */
export function bars(
  rows: readonly { readonly name: string; readonly votes: number; readonly expected: number }[],
  expectedTitle: string,
): string {
  const most = Math.max(1, ...rows.map((r) => r.votes))
  const width = Math.min(44, Math.max(...rows.map((r) => [...r.name].length)))
  const line = (name: string, bar: string, votes: string, expected: string) =>
    `  ${clip(name, width)}  ${bar.padEnd(26)} ${votes.padStart(7)} ${expected.padStart(10)}`
  const body = [...rows]
    .sort((a, b) => b.votes - a.votes)
    .map(({ name, votes, expected }) =>
      line(
        name,
        '█'.repeat(Math.round((votes / most) * 26)),
        `${votes}`,
        `${expected} ${votes === expected ? '=' : '≠'}`,
      ),
    )
  return [line('', '', 'counted', expectedTitle), ...body].join('\n')
}

function clip(text: string, width: number): string {
  const letters = [...text]
  return letters.length > width
    ? `${letters.slice(0, width - 1).join('')}…`
    : text + ' '.repeat(width - letters.length)
}
