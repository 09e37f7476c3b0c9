// Specification: 05 Batches
import { fromTimestamp, toTimestamp } from '@cista/board'
import { type Payload, type Refusal, type Submission, refuse } from '@cista/protocol'
import { toPayload } from '@cista/verifier'
import { type DerivedKind, derive, dueKind, encodeDerived } from './derived.js'
import type { LiveElection, Placed } from './live.js'
import { type PublishPorts, publishHead, timelyNote } from './publish.js'
import type { Batch, LockedBoard, Waiting } from './store.js'

/** What became of a submission: the index of its entry, or why it no longer stands. */
export type Decision = { readonly index: number } | { readonly refusal: Refusal }
export interface BatchOutcome {
  /** By key of the submission. */
  readonly decisions: ReadonlyMap<string, Decision>
  /** Kinds of the new entries. */
  readonly kinds: readonly string[]
  /** Whether the next batch may have something to do at once. */
  readonly more: boolean
  /** Submissions that were read from the queue, as this process did not know them; undefined where it was not looked through. */
  readonly strangers?: number | undefined
}

/** A submission whose signatures and proofs hold, and what it says. */
export interface CheckedSubmission {
  readonly item: Submission
  readonly payload: Payload
}
/** What tells a submission from others of its election. Its hash does not: `aborted` and `close-requested` may be the same bytes. */
export const keyOf = ({ kind, hash }: { readonly kind: string; readonly hash: string }): string =>
  `${kind} ${hash}`

/** By key of the submission. */
export type Known = (key: string) => CheckedSubmission | undefined
export interface Queue {
  readonly since: number | undefined
  readonly known: Known
}

/** Submissions that one batch looks at. */
const batchSize = 512
const idle: BatchOutcome = { decisions: new Map(), kinds: [], more: false }

/**
 * One batch: the entry that is due, alone; or else what waits. On return all of it is committed, and `published` if its head is public.
 * If it throws, `live` may be ahead of the store and must be thrown away.
 * @param live at the size of the store, its head published.
 * @param now milliseconds since 1970.
 * @param queue from which arrival on it is looked through, in milliseconds since 1970, or undefined: not at all; and submissions that this
 *   process has checked, which need not be read and decoded again.
 */
export async function runBatch(
  live: LiveElection,
  ports: PublishPorts,
  now: number,
  queue: Queue,
): Promise<BatchOutcome & { readonly published: boolean }> {
  const seconds = toTimestamp(Math.floor(now / 1000))
  const batchTime = seconds > live.lastTime ? seconds : live.lastTime
  const kind = dueKind(live, batchTime)
  const note = await noteFor(live, kind, ports)
  const due = kind === undefined || note === undefined ? undefined : derive(live, kind, note)
  const outcome = await ports.store.locked(live.definition.id, (board) =>
    extendBoard(live, board, { batchTime, kind, due, queue }),
  )
  const published = outcome.kinds.length === 0 || (await publishHead(live, ports))
  return { ...outcome, published }
}

/** The note that a due entry holds or follows. */
function noteFor(
  live: LiveElection,
  kind: DerivedKind | undefined,
  ports: PublishPorts,
): Promise<string | undefined> {
  const { phase } = live.course
  const { manifest } = phase
  if (kind === 'opened') return timelyNote(live, manifest.schedule.opens, ports)
  if (kind === 'closed') return timelyNote(live, phase.closeRequested ? undefined : phase.closes, ports)
  return Promise.resolve(live.note)
}

async function extendBoard(
  live: LiveElection,
  board: LockedBoard,
  {
    batchTime,
    kind,
    due,
    queue,
  }: { batchTime: string; kind: DerivedKind | undefined; due: Payload | undefined; queue: Queue },
): Promise<BatchOutcome> {
  const { state } = board
  // Another process has gone on: follow it first. What it has not published yet must be public before anything follows.
  if (state.size !== live.size || state.published !== state.size) {
    live.note = undefined
    return { ...idle, more: true }
  }
  // Whoever takes over from another process raises the epoch, so that a write of that other's would find no row.
  if (live.epoch !== state.epoch) live.epoch = state.epoch + 1
  // Nobody's ballot is left behind when voting ends.
  const since = kind === 'closed' ? 0 : due === undefined ? queue.since : undefined
  const waiting = since === undefined ? [] : await board.waiting(batchSize, since)
  const strangers =
    since === undefined ? undefined : waiting.filter((w) => queue.known(keyOf(w)) === undefined).length
  // Whatever time the batch has, and also while the witnesses that `closed` needs are late.
  const open = live.course.phase.stage === 'open'
  const inTime = open ? waiting.filter((w) => arrivedInTime(live, w)) : waiting
  const batch = new BatchUnderWay(live, batchTime)
  if (inTime.length > 0) batch.takeWaiting(await readAll(live, board, inTime, queue.known))
  else if (due !== undefined) batch.takeDerived(due)
  const { decisions, refused, entries } = batch
  await board.discard(refused)
  if (entries.length > 0) {
    const ended = live.course.phase.ended !== undefined
    const next = { election: state.election, size: live.size, root: live.root(), epoch: live.epoch, ended }
    await board.append({ state: next, entries, tiles: live.takeTiles() })
  }
  const kinds = entries.map((entry) => entry.kind)
  return { decisions, kinds, more: kinds.length > 0 || refused.length > 0, strangers }
}

/** In the order of `waiting`. What another process has checked is read. */
async function readAll(
  { definition }: LiveElection,
  board: LockedBoard,
  waiting: readonly Waiting[],
  known: Known,
): Promise<CheckedSubmission[]> {
  const strange = waiting.filter((w) => known(keyOf(w)) === undefined).map(({ hash }) => hash)
  const stored = new Map(
    (await board.submissions(strange)).map((item) => [
      item.hash,
      { item, payload: toPayload(definition, item.kind, item.payload) },
    ]),
  )
  return waiting.map((w) => known(keyOf(w)) ?? stored.get(w.hash)!)
}

/** What came before the closing time is still taken, within the manifest's tolerance; what came later is not. */
function arrivedInTime({ course }: LiveElection, { arrived }: Waiting): boolean {
  return !course.phase.closeRequested && arrived < fromTimestamp(course.phase.closes) * 1000
}

class BatchUnderWay {
  readonly decisions = new Map<string, Decision>()
  /** Hashes of those that no longer stand. */
  readonly refused: string[] = []
  readonly entries: Batch['entries'][number][] = []
  readonly #live: LiveElection
  readonly #batchTime: string

  constructor(live: LiveElection, batchTime: string) {
    this.#live = live
    this.#batchTime = batchTime
  }

  takeDerived(payload: Payload): void {
    const derived = encodeDerived(this.#live, payload)
    const refusal = this.#judge(derived.hash, payload)
    if (refusal !== undefined) throw new Error(`${payload.kind} is due, but ${refusal.why}`)
    this.#append(derived, payload)
  }

  /** Others first, as they arrived; then one ballot per credential, ordered by hash, so that order tells nothing. */
  takeWaiting(read: readonly CheckedSubmission[]): void {
    for (const { item, payload } of read) if (payload.kind !== 'ballot') this.#take(item, payload)
    const first = new Map<string, (typeof read)[number]>()
    const later: CheckedSubmission[] = []
    for (const one of read) {
      if (one.payload.kind !== 'ballot') continue
      const { credential } = one.payload.value
      if (first.has(credential)) later.push(one)
      else first.set(credential, one)
    }
    const ballots = [...first.values()].sort((a, b) => (a.item.hash < b.item.hash ? -1 : 1))
    for (const { item, payload } of ballots) this.#take(item, payload)
    // A second ballot that still stands waits for the next batch; one that does not will never stand again.
    for (const { item, payload } of later) {
      const refusal = this.#judge(item.hash, payload)
      if (refusal !== undefined) this.#refuse(item, refusal)
    }
  }

  #take(item: Submission, payload: Payload): void {
    const refusal = this.#judge(item.hash, payload)
    if (refusal === undefined) this.#append(item, payload)
    else this.#refuse(item, refusal)
  }

  #refuse(item: Submission, refusal: Refusal): void {
    this.decisions.set(keyOf(item), { refusal })
    this.refused.push(item.hash)
  }

  #judge(hash: string, payload: Payload): Refusal | undefined {
    const { course, size } = this.#live
    return course.judge({ payload, index: size, batchTime: this.#batchTime, hash })
  }

  #append(item: Submission, payload: Payload): void {
    const { kind, hash, signatures } = item
    const draft = { kind, payload: hash, size: item.payload.length, signatures }
    const { index, entry }: Placed = this.#live.place(draft, payload, this.#batchTime)
    this.entries.push({ kind, hash, payload: item.payload, signatures, index, entry })
    this.decisions.set(keyOf(item), { index })
  }
}

/** As a batch would judge it now, for an early answer; ballots that come after the closing time are refused without tolerance. */
export function judgeNow(
  live: LiveElection,
  hash: string,
  payload: Payload,
  now: number,
): Refusal | undefined {
  const seconds = toTimestamp(Math.floor(now / 1000))
  const batchTime = seconds > live.lastTime ? seconds : live.lastTime
  const { phase } = live.course
  const refusal = live.course.judge({ payload, index: live.size, batchTime, hash })
  if (refusal !== undefined) return refusal
  const late = payload.kind === 'ballot' && (batchTime >= phase.closes || phase.closeRequested)
  return late ? refuse('TIME', `voting closed at ${phase.closes}`) : undefined
}
