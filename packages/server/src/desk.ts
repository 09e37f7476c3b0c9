import type { CheckedSubmission, Decision } from './batch.js'
import type { LiveElection } from './live.js'
import { Mutex } from './mutex.js'

/** What one process has at hand for one election. */
export interface Desk {
  readonly mutex: Mutex
  live: LiveElection | undefined
  halted: string | undefined
  timer: NodeJS.Timeout | undefined
  /** Batches are being made, and whether somebody has asked for more meanwhile. */
  running: boolean
  again: boolean
  /** Milliseconds since the process began, when answers for what other processes have sequenced were looked for last. */
  settled: number
  /** Something may wait in the queue that nobody waits for here: other processes' submissions, or a former one's. */
  strangers: boolean
  /** Milliseconds since the process began, before which witnesses are not asked again. */
  askAgain: number
  /** Nothing can follow any more: nobody needs it in memory. */
  ended: boolean
  /** By hash of the submission, as they arrived. */
  readonly waiters: Map<string, Set<Waiter>>
}

export interface Waiter {
  readonly checked: CheckedSubmission
  /** Milliseconds since 1970. */
  readonly arrived: number
  /** In the queue for sure: only then does its absence say anything. */
  queued: boolean
  readonly decide: (decision: Decision | undefined) => void
}

export const newDesk = (): Desk => ({
  mutex: new Mutex(),
  live: undefined,
  halted: undefined,
  timer: undefined,
  running: false,
  again: false,
  settled: 0,
  strangers: true,
  askAgain: 0,
  ended: false,
  waiters: new Map(),
})

/**
 * Waits, under the hash of the submission, until a decision is answered; undefined if that takes longer than `timeout`.
 * @param arrived milliseconds since 1970. @param queue puts the submission into the queue.
 */
export async function waitAt(
  { waiters }: Desk,
  checked: CheckedSubmission,
  arrived: number,
  timeout: number,
  queue: () => Promise<void>,
): Promise<Decision | undefined> {
  const { hash } = checked.item
  const { promise, resolve } = deferred<Decision | undefined>()
  const waiter: Waiter = { checked, arrived, queued: false, decide: resolve }
  const others = waiters.get(hash) ?? new Set()
  waiters.set(hash, others.add(waiter))
  const timer = setTimeout(() => resolve(undefined), timeout)
  try {
    await queue()
    waiter.queued = true
    return await promise
  } finally {
    clearTimeout(timer)
    others.delete(waiter)
    if (others.size === 0 && waiters.get(hash) === others) waiters.delete(hash)
  }
}

/**
 * The arrival from which on the queue is looked through. Looking from its start costs a walk over what has left it since the database was
 * cleaned, which is everything in a busy hour. @returns milliseconds since 1970; undefined: nobody here waits for anything.
 */
export function lookSince({ strangers, waiters }: Desk): number | undefined {
  if (strangers) return 0
  for (const [first] of waiters.values()) if (first !== undefined) return first.arrived
  return undefined
}

/** A refusal is only for those who were in the queue: what others send again at this moment is judged again. */
export function answer({ waiters }: Desk, hash: string, decision: Decision): void {
  for (const waiter of waiters.get(hash) ?? [])
    if (waiter.queued || 'index' in decision) waiter.decide(decision)
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((accept) => {
    resolve = accept
  })
  return { promise, resolve }
}
