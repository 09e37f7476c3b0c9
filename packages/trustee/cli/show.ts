import type { Definition } from '@cista/protocol'
import type { Standing, VerifiedTally } from '@cista/trustee'
import type { Progress } from '@cista/verifier'

export const titleOf = ({ manifest }: Definition): string =>
  manifest.title[manifest.languages[0]!] ?? Object.values(manifest.title)[0]!

/** In plain words: where the ceremony stands and what comes next. */
export function standingLines(definition: Definition, standing: Standing): string[] {
  const { trustees, index, stage, attempt, next } = standing
  const width = Math.max(...trustees.map(({ name }) => name.length))
  const mark = (yes: boolean, word: string) => (yes ? word : '–').padEnd(word.length)
  const rows = trustees.map(({ name, joined, dealt, confirmed, decrypted }, i) =>
    [
      `${i + 1 === index ? '*' : ' '} ${String(i + 1).padStart(2)}  ${name.padEnd(width)}`,
      mark(joined, 'joined'),
      mark(dealt, 'dealt'),
      mark(confirmed, 'confirmed'),
      mark(decrypted, 'decrypted'),
    ].join('  '),
  )
  return [
    `${titleOf(definition)}`,
    `election ${definition.id}`,
    `stage: ${stage}, attempt ${attempt} of the key ceremony`,
    ...rows,
    `next: ${next.text}`,
  ]
}

/** What trustees compare with one another before they decrypt. */
export function tallyLines({ checkpoint, ballots, tallied }: VerifiedTally): string[] {
  const { counted, superseded, void: invalid, cancelled } = ballots
  return [
    'The record verifies, V1 to V8, under the checkpoint',
    ...checkpoint.map((line) => `  ${line}`),
    `ballots: ${counted} counted; not counted: ${superseded} superseded, ${invalid} void, ${cancelled} cancelled`,
    `tally: ${tallied.leaf} (entry ${tallied.index})`,
    'Every other trustee must see the same tally; and the same checkpoint, unless something was added to the board since.',
  ]
}

/** One line on a terminal that is written over; nothing elsewhere. */
export function progressLine(): { readonly progress: Progress; clear(): void } {
  const { stderr } = process
  let shown = 0
  return {
    progress({ check, done, total }) {
      if (!stderr.isTTY) return
      const now = performance.now()
      if (now - shown < 100 && done !== total) return
      shown = now
      stderr.write(`\r\u001b[Kverifying ${check}: ${done}${total > 0 ? ` of ${total}` : ''}`)
    },
    clear() {
      if (stderr.isTTY && shown > 0) stderr.write('\r\u001b[K')
      shown = 0
    },
  }
}
