import {
  BoardEnd,
  type Checkpoint,
  type Draft,
  type Tile,
  decodeEntry,
  emptyFrontier,
  equalBytes,
  toHex,
} from '@cista/board'
import {
  Course,
  type Definition,
  type Payload,
  type PayloadOf,
  announcementOf,
  defineElection,
} from '@cista/protocol'
import { toPayload } from '@cista/verifier'
import type { BoardState, Store } from './store.js'

/** The board is not what this server would have made of it: nothing more may be signed. */
export class HaltError extends Error {
  override readonly name = 'HaltError'
}

/** Where clients find what concerns one credential: indices of entries. */
export interface CredentialTrace {
  roll: number | null
  readonly changes: number[]
  cancelled: number | null
}
export interface Placed {
  readonly index: number
  readonly entry: Uint8Array
}

const chunk = 1_024
/** How many of the latest announcements clients are pointed at. */
const announcementsKept = 50

/** An election in memory: all that rules, the next batch and hints to clients need. Follows the store, never leads it for long. */
export class LiveElection {
  readonly definition: Definition
  /** The manifest's bytes. */
  readonly manifest: Uint8Array
  readonly course: Course
  readonly #end: BoardEnd
  /** Under which this process wrote last; -1 before it wrote. */
  epoch = -1
  lastTime = ''
  /** Note of the head at this size, once it is known to be published. */
  note: string | undefined
  /** `tallied`, computed ahead. */
  tallied: PayloadOf<'tallied'> | 'computing' | undefined
  /** Entries `trustee-*` of the running attempt. */
  setup: number[] = []
  readonly decryptions: PayloadOf<'decrypted'>[] = []
  /** Entries by which the administrators tell the public something: the latest ones. */
  announced: number[] = []
  readonly #traces = new Map<string, CredentialTrace>()

  constructor(manifest: Uint8Array) {
    this.definition = defineElection(manifest)
    this.manifest = manifest
    this.course = new Course(this.definition)
    this.#end = new BoardEnd(emptyFrontier(this.definition.origin, this.definition.id))
  }

  get size(): number {
    return this.#end.size
  }

  root(): Uint8Array {
    return this.#end.root()
  }

  trace(credential: string): CredentialTrace {
    return this.#traces.get(credential) ?? { roll: null, changes: [], cancelled: null }
  }

  /** Puts a judged draft at the end of the board, in memory. */
  place(draft: Draft, payload: Payload, batchTime: string): Placed {
    const { bytes, leaf, entry } = this.#end.append(draft, batchTime)
    this.course.apply({ payload, index: entry.index, batchTime, hash: draft.payload, leaf: toHex(leaf) })
    this.lastTime = batchTime
    this.note = undefined
    if (announcementOf(payload) !== undefined)
      this.announced = [...this.announced, entry.index].slice(-announcementsKept)
    this.#remember(payload, entry.index)
    return { index: entry.index, entry: bytes }
  }

  /** Tiles that have changed since the last call. */
  takeTiles(): Tile[] {
    return this.#end.takeTiles()
  }

  /**
   * Takes what the store has more. Every entry is judged and made again, and must come out the same.
   * @param kept a checkpoint that was public: its entries must be there, and the same.
   * @throws {HaltError} where it does not, or the root differs from the stored one.
   */
  async follow(
    store: Store,
    state: BoardState,
    kept?: Checkpoint,
    progress?: (done: number, total: number) => void,
  ): Promise<void> {
    if (state.size < this.size)
      throw new HaltError(`the database holds ${state.size} entries, ${this.size} were on the board`)
    if (kept !== undefined && kept.size > state.size)
      throw new HaltError(
        `${kept.size} entries were published, but the database holds ${state.size}: it is an older copy. Restore the newest one; see the runbook`,
      )
    while (this.size < state.size) {
      const stored = await store.entries(state.election, this.size, Math.min(this.size + chunk, state.size))
      if (stored.length === 0) throw new HaltError(`entry ${this.size} is missing in the database`)
      for (const { index, entry, payload } of stored) {
        if (index !== this.size) throw new HaltError(`entry ${this.size} is missing in the database`)
        this.#replay(entry, payload)
        if (this.size === kept?.size && !equalBytes(this.root(), kept.root))
          throw new HaltError(`another board of ${kept.size} entries was published`)
      }
      // These are stored.
      this.#end.takeTiles()
      progress?.(this.size, state.size)
    }
    if (!equalBytes(this.root(), state.root))
      throw new HaltError(`the entries' root is not the stored root of ${state.size} entries`)
  }

  #replay(bytes: Uint8Array, payloadBytes: Uint8Array): void {
    const index = this.size
    const { kind, payload: hash, size, signatures, batchTime } = decodeEntry(bytes, `entry ${index}`)
    const payload = toPayload(this.definition, kind as Payload['kind'], payloadBytes)
    const refusal = this.course.judge({ payload, index, batchTime, hash })
    if (refusal !== undefined) throw new HaltError(`entry ${index}: ${refusal.why}`)
    const { entry } = this.place({ kind, payload: hash, size, signatures }, payload, batchTime)
    if (!equalBytes(entry, bytes)) throw new HaltError(`entry ${index} does not continue the chain`)
  }

  #remember({ kind, value }: Payload, index: number): void {
    switch (kind) {
      case 'trustee-joined':
      case 'trustee-dealt':
      case 'trustee-confirmed':
      case 'trustee-complained':
        this.setup.push(index)
        return
      case 'ceremony-restarted':
        this.setup = []
        return
      case 'roll':
        for (const { key } of value.credentials) this.#traceOf(key).roll = index
        return
      case 'roll-changed': {
        const { added, removed, rekeyed, reweighted, restyled } = value
        const keys = [...added, ...reweighted, ...restyled].map((item) => item.key)
        for (const key of [...keys, ...removed, ...rekeyed.flatMap(({ from, to }) => [from, to])])
          this.#traceOf(key).changes.push(index)
        return
      }
      case 'cancelled':
        this.#traceOf(value.credential).cancelled = index
        return
      case 'decrypted':
        this.decryptions.push(value)
        return
      default:
        return
    }
  }

  #traceOf(key: string): CredentialTrace {
    let trace = this.#traces.get(key)
    if (trace === undefined) this.#traces.set(key, (trace = { roll: null, changes: [], cancelled: null }))
    return trace
  }
}
