import type { Definition } from '@cista/protocol'
import type { Standing } from '@cista/trustee'
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
    },
  }
}
