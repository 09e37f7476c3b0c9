import { type Tally, acceptSamples, runCases, tallyOf } from './run.js'
import type { Target } from './target.js'
import type { Watch } from './watch.js'

/** Megabytes in use after collecting all garbage. */
export interface Memory {
  /** Cases done by then. */
  readonly cases: number
  /** Objects of JavaScript, and bytes outside of its heap. */
  readonly heap: number
  readonly outside: number
}
/** How much more there may be at the end than after the first tenth, when every cache is full. */
export const mayGrow = 48

const rounds = 10
const trial = 150

export interface Campaign {
  readonly tallies: readonly Tally[]
  readonly memory: readonly Memory[]
  readonly seconds: number
}

/**
 * Runs all targets in ten rounds, each a tenth of every target's cases, so that memory is compared between like and like. A
 * target gets cases in proportion to the root of its speed: the fast ones many, the slow ones not too few.
 * @throws {Failed} at the first failure.
 */
export async function campaign(
  targets: readonly Target[],
  seed: number,
  { cases, seconds = Infinity }: { cases: number | undefined; seconds?: number | undefined },
  watch: Watch,
  say: (line: string) => void,
): Promise<Campaign> {
  const started = performance.now()
  const until = started + seconds * 1000
  const tallies = targets.map(tallyOf)
  for (const tally of tallies) {
    await acceptSamples(tally.target)
    await runCases(tally, seed, trial, { until: performance.now() + 1_500, watch })
  }
  const tried = sum(tallies, (t) => t.next)
  const wanted = share(tallies, cases ?? Math.max(tried, Math.round(inTime(tallies, seconds))))
  const memory: Memory[] = []
  for (let round = 1; round <= rounds && performance.now() < until; round++) {
    for (const [i, tally] of tallies.entries()) {
      const upTo = Math.round((wanted[i]! * round) / rounds)
      await runCases(tally, seed, Math.max(0, upTo - tally.next), { until, watch })
    }
    memory.push(measure(sum(tallies, (t) => t.next)))
    const { cases: done, heap, outside } = memory.at(-1)!
    say(`${done.toLocaleString('en')} cases, ${heap.toFixed()} + ${outside.toFixed()} MB in use`)
  }
  return { tallies, memory, seconds: (performance.now() - started) / 1000 }
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
const rate = ({ next, spent }: Tally): number => (1000 * next) / Math.max(1, spent)

/** Cases for each target, `cases` in all as far as the least numbers let. */
function share(tallies: readonly Tally[], cases: number): number[] {
  const least = tallies.map(({ target: { least = 0 }, next }) => Math.max(next, (least * cases) / 1_000_000))
  const rest = Math.max(0, cases - sum(least, (n) => n))
  const roots = sum(tallies, (t) => Math.sqrt(rate(t)))
  return tallies.map((t, i) => Math.round(least[i]! + (rest * Math.sqrt(rate(t))) / roots))
}

/** How many cases, shared in this way, fill the time. */
function inTime(tallies: readonly Tally[], seconds: number): number {
  return (seconds * sum(tallies, (t) => Math.sqrt(rate(t)))) / sum(tallies, (t) => 1 / Math.sqrt(rate(t)))
}

function measure(cases: number): Memory {
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return { cases, heap: heapUsed / 2 ** 20, outside: external / 2 ** 20 }
}

/** By how many megabytes memory has grown since the first tenth. */
export function growth(memory: readonly Memory[]): number {
  const [first, last] = [memory[0], memory.at(-1)]
  if (first === undefined || last === undefined) return 0
  return last.heap + last.outside - first.heap - first.outside
}
