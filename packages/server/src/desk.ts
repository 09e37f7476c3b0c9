import { type Submission, refuse } from '@cista/protocol'
import { type CheckedSubmission, type Decision, keyOf } from './batch.js'
import type { LiveElection } from './live.js'
import { Mutex } from './mutex.js'
import type { Place } from './store.js'

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
  /** By key of the submission, as they arrived. */
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
 * Waits, under the key of the submission, until a decision is answered; undefined if that takes longer than `timeout`.
 * @param arrived milliseconds since 1970. @param queue puts the submission into the queue.
 */
export async function waitAt(
  { waiters }: Desk,
  checked: CheckedSubmission,
  arrived: number,
  timeout: number,
  queue: () => Promise<void>,
): Promise<Decision | undefined> {
  const key = keyOf(checked.item)
  const { promise, resolve } = deferred<Decision | undefined>()
  const waiter: Waiter = { checked, arrived, queued: false, decide: resolve }
  const others = waiters.get(key) ?? new Set()
  waiters.set(key, others.add(waiter))
  const timer = setTimeout(() => resolve(undefined), timeout)
  try {
    await queue()
    waiter.queued = true
    return await promise
  } finally {
    clearTimeout(timer)
    others.delete(waiter)
    if (others.size === 0 && waiters.get(key) === others) waiters.delete(key)
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
export function answer({ waiters }: Desk, key: string, decision: Decision): void {
  for (const waiter of waiters.get(key) ?? [])
    if (waiter.queued || 'index' in decision) waiter.decide(decision)
}

/** What the place of its hash says about a submission that was queued; undefined: nothing yet. @param size of the board in memory. */
export function decisionAt(
  place: Place | undefined,
  { kind }: Submission,
  size: number,
): Decision | undefined {
  if (place === undefined)
    return { refusal: refuse('PHASE', 'other entries came first, and it no longer stands') }
  if (place.index === null || place.index >= size) return undefined
  if (place.kind === kind) return { index: place.index }
  // It never got into the queue; and the sequence number in the bytes of both is used up now.
  return { refusal: refuse('SEQUENCE', `a “${place.kind}” of the same content came first`) }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((accept) => {
    resolve = accept
  })
  return { promise, resolve }
}
