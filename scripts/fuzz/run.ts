import { seeded } from './random.js'
import { Crash, type Target, judge, makeInput } from './target.js'
import type { Watch } from './watch.js'

/** A single case may take so long; one that took longer is tried again, since the machine may have been busy. */
export const slowest = 2_000

export interface Tally {
  readonly target: Target
  /** The next case; those before it are done. */
  next: number
  accepted: number
  refused: number
  /** Milliseconds in all. */
  spent: number
  slowest: { readonly took: number; readonly index: number }
}
export const tallyOf = (target: Target): Tally => ({
  target,
  next: 0,
  accepted: 0,
  refused: 0,
  spent: 0,
  slowest: { took: 0, index: 0 },
})

/** A failure, and the number of its case. */
export class Failed extends Error {
  override readonly name = 'Failed'
  readonly crash: Crash
  readonly index: number

  constructor(crash: Crash, index: number) {
    super(crash.message)
    this.crash = crash
    this.index = index
  }
}

/** Every sample is accepted as it is: else what is mutated would be refused for another reason than its mutation. */
export async function acceptSamples(target: Target): Promise<void> {
  for (const sample of target.samples)
    if (!(await judge(target, sample, sample)))
      throw new Crash(target.name, target.show(sample), new Error('a valid input is refused'))
}

/** Runs cases one after the other until `count` are done or `until` has come. @throws {Failed} */
export async function runCases(
  tally: Tally,
  seed: number,
  count: number,
  { until = Infinity, watch }: { until?: number; watch?: Watch } = {},
): Promise<void> {
  const started = performance.now()
  for (let left = count; left > 0 && performance.now() < until; left--) {
    const index = tally.next
    watch?.start(tally.target.name, index)
    const { accepted, took } = await runCase(tally.target, seed, index)
    tally.next += 1
    tally[accepted ? 'accepted' : 'refused'] += 1
    if (took > tally.slowest.took) tally.slowest = { took, index }
  }
  watch?.stop()
  tally.spent += performance.now() - started
}

export async function runCase(
  target: Target,
  seed: number,
  index: number,
): Promise<{ accepted: boolean; took: number }> {
  const { input, sample } = makeInput(target, seeded(seed, target.name, index))
  try {
    let took = Infinity
    let accepted = false
    for (let tries = 0; tries < 2 && took > slowest; tries++) {
      const started = performance.now()
      const answer = judge(target, input, sample)
      accepted = typeof answer === 'boolean' ? answer : await answer
      took = Math.min(took, performance.now() - started)
    }
    if (took > slowest)
      throw new Crash(target.name, target.show(input), new Error(`took ${took.toFixed()} ms`))
    return { accepted, took }
  } catch (error) {
    if (error instanceof Crash) throw new Failed(error, index)
    throw error
  }
}
