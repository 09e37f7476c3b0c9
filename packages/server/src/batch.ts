// Specification: 05 Batches
import { type Tile, equalBytes, fromTimestamp, toTimestamp } from '@cista/board'
import { type Payload, type Refusal, refuse } from '@cista/protocol'
import { toPayload } from '@cista/verifier'
import type { BoardSigner } from './boardSecret.js'
import { derive, dueKind, encodeDerived } from './derived.js'
import { HaltError, type LiveElection, type Placed } from './live.js'
import type { Batch, LockedBoard, Store, Waiting } from './store.js'

/** What became of a submission: the index of its entry, or why it no longer stands. */
export type Decision = { readonly index: number } | { readonly refusal: Refusal }
export interface BatchOutcome {
  readonly decisions: ReadonlyMap<string, Decision>
  /** Kinds of the new entries. */
  readonly kinds: readonly string[]
  /** Whether the next batch may have something to do at once. */
  readonly more: boolean
}

/** Submissions that one batch looks at. */
const batchSize = 256
const idle: BatchOutcome = { decisions: new Map(), kinds: [], more: false }

/**
 * One batch: the entry that is due, alone; or else what waits. On return all of it is committed and its head is published.
 * If it throws, `live` may be ahead of the store and must be thrown away.
 * @param live at the size of the store, its head published.
 * @param now milliseconds since 1970.
 */
export async function runBatch(
  live: LiveElection,
  store: Store,
  signer: BoardSigner,
  now: number,
): Promise<BatchOutcome> {
  const outcome = await store.locked(live.definition.id, (board) => extendBoard(live, board, now))
  if (outcome.kinds.length > 0) await publishHead(live, store, signer)
  return outcome
}

/** Signs the committed head, unless that is done already: never two notes for one size, never one that is not committed. */
export async function publishHead(live: LiveElection, store: Store, signer: BoardSigner): Promise<void> {
  const { id, origin } = live.definition
  live.note = await store.locked(id, async (board) => {
    const { size, root } = board.state
    // Another process has gone on, and publishes what it made.
    if (size !== live.size) return undefined
    if (!equalBytes(root, live.root())) throw new HaltError(`two roots for ${size} entries`)
    return board.publish(signer.sign({ origin, size, root }))
  })
}

async function extendBoard(live: LiveElection, board: LockedBoard, now: number): Promise<BatchOutcome> {
  const { state } = board
  // Another process has gone on: follow it first.
  if (state.size !== live.size) return { ...idle, more: true }
  // Whoever takes over from another process raises the epoch, so that a write of that other's would find no row.
  if (live.epoch !== state.epoch) live.epoch = state.epoch + 1
  const seconds = toTimestamp(Math.floor(now / 1000))
  const batchTime = seconds > live.lastTime ? seconds : live.lastTime
  const kind = dueKind(live, batchTime)
  const due = kind && live.note !== undefined ? derive(live, kind, live.note) : undefined
  const waiting = due === undefined || kind === 'closed' ? await board.waiting(batchSize) : []
  const inTime = due === undefined ? waiting : waiting.filter((w) => arrivedInTime(live, w))
  const batch = new BatchUnderWay(live, batchTime)
  if (inTime.length > 0) batch.takeWaiting(inTime)
  else if (due !== undefined) batch.takeDerived(due)
  const { decisions, entries, tiles } = batch
  const refused = [...decisions].flatMap(([hash, decision]) => ('refusal' in decision ? [hash] : []))
  await board.discard(refused)
  if (entries.length > 0) {
    const ended = live.course.phase.ended !== undefined
    const next = { election: state.election, size: live.size, root: live.root(), epoch: live.epoch, ended }
    await board.append({ state: next, entries, tiles: [...tiles.values()] })
  }
  const kinds = entries.map((entry) => entry.kind)
  return { decisions, kinds, more: kinds.length > 0 || refused.length > 0 }
}

/** What came before the closing time is still taken, within the manifest's tolerance; what came later is not. */
function arrivedInTime({ course }: LiveElection, { arrived }: Waiting): boolean {
  return !course.phase.closeRequested && arrived < fromTimestamp(course.phase.closes) * 1000
}

class BatchUnderWay {
  readonly decisions = new Map<string, Decision>()
  readonly entries: Batch['entries'][number][] = []
  readonly tiles = new Map<string, Tile>()
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
  takeWaiting(waiting: readonly Waiting[]): void {
    const read = waiting.map((item) => ({ item, payload: this.#decode(item) }))
    for (const { item, payload } of read) if (payload.kind !== 'ballot') this.#take(item, payload)
    const first = new Map<string, (typeof read)[number]>()
    const later: typeof read = []
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
      if (refusal !== undefined) this.decisions.set(item.hash, { refusal })
    }
  }

  #decode({ kind, payload }: Waiting): Payload {
    return toPayload(this.#live.definition, kind, payload)
  }

  #take(item: Waiting, payload: Payload): void {
    const refusal = this.#judge(item.hash, payload)
    if (refusal === undefined) this.#append(item, payload)
    else this.decisions.set(item.hash, { refusal })
  }

  #judge(hash: string, payload: Payload): Refusal | undefined {
    const { course, size } = this.#live
    return course.judge({ payload, index: size, batchTime: this.#batchTime, hash })
  }

  #append(item: Omit<Waiting, 'arrived'>, payload: Payload): void {
    const { kind, hash, signatures } = item
    const draft = { kind, payload: hash, size: item.payload.length, signatures }
    const { index, entry, tiles }: Placed = this.#live.place(draft, payload, this.#batchTime)
    this.entries.push({ kind, hash, payload: item.payload, signatures, index, entry })
    for (const tile of tiles) this.tiles.set(`${tile.level}/${tile.index}`, tile)
    this.decisions.set(hash, { index })
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
