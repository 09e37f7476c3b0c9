import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'

export interface ChaosOptions {
  /** Decides which faults come, in which order; when they strike is the machine's. */
  readonly seed: number
  readonly faults: number
  readonly replicas: number
  /** A quorum of more than half of them cosigns every head; none if 0. */
  readonly witnesses: number
  readonly voters: number
}

export const usage = `Casts ballots while servers, witnesses and the database are killed, frozen and restarted.

  npm run chaos [-- --seed N] [--faults 200] [--replicas 3] [--witnesses 3] [--voters 60]

The seed is printed; the same seed brings the same faults in the same order.
`

/** @returns undefined where the words are not understood. */
export function readOptions(words: readonly string[]): ChaosOptions | undefined {
  const number = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args: [...words],
      options: { seed: number, faults: number, replicas: number, witnesses: number, voters: number },
    })
    const read = (name: keyof typeof values, min: number, max: number, usual: number) => {
      const text = values[name]
      if (text === undefined) return usual
      if (!/^\d{1,10}$/.test(text) || Number(text) < min || Number(text) > max) throw new RangeError(name)
      return Number(text)
    }
    return {
      seed: read('seed', 0, 2 ** 32 - 1, randomInt(2 ** 32 - 1)),
      faults: read('faults', 1, 100_000, 200),
      replicas: read('replicas', 1, 16, 3),
      witnesses: read('witnesses', 0, 9, 3),
      voters: read('voters', 1, 10_000, 60),
    }
  } catch {
    return undefined
  }
}
