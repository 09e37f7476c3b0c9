import type { Signature, Tile } from '@cista/board'
import type { EntryKind, Submission } from '@cista/protocol'

/** The head of a board as committed. */
export interface BoardState {
  readonly election: string
  readonly size: number
  readonly root: Uint8Array
  readonly epoch: number
  /** Nothing can follow any more. */
  readonly ended: boolean
}
export interface Waiting {
  readonly kind: EntryKind
  readonly hash: string
  readonly payload: Uint8Array
  readonly signatures: readonly Signature[]
  /** Milliseconds since 1970. */
  readonly arrived: number
}
export interface StoredEntry {
  readonly index: number
  readonly entry: Uint8Array
  readonly payload: Uint8Array
}
export interface Head {
  readonly size: number
  readonly note: string
}
/** Where a submission is; `index` is null while it waits. */
export interface Place {
  readonly kind: string
  readonly index: number | null
}
export interface Batch {
  readonly state: BoardState
  /** New entries in board order; those that did not wait are stored with the batch. */
  readonly entries: readonly (Omit<Waiting, 'arrived'> & {
    readonly index: number
    readonly entry: Uint8Array
  })[]
  readonly tiles: readonly Tile[]
}

/**
 * The boards' durable state, shared by all processes that serve it. What a method has resolved is durable. Rejects where the database
 * cannot be reached; then nothing is known of what was asked.
 */
export interface Store {
  boards(): Promise<BoardState[]>
  board(election: string): Promise<BoardState | undefined>
  /** Whether a board has this origin. */
  isTaken(origin: string): Promise<boolean>
  /** An empty board with its manifest waiting; once only. The origin must be no other board's. */
  create(
    origin: string,
    root: Uint8Array,
    manifest: Submission,
    arrived: number,
  ): Promise<'created' | 'origin-taken'>
  /** Puts a checked submission into the queue, unless it is there or on the board already. */
  enqueue(election: string, submission: Submission, arrived: number): Promise<void>
  place(election: string, hash: string): Promise<Place | undefined>
  /** The payload of a submission, also of one that waits. */
  payload(election: string, hash: string): Promise<Uint8Array | undefined>
  /** Entries from…to−1 with their payloads, in order. */
  entries(election: string, from: number, to: number): Promise<StoredEntry[]>
  /** A tile as wide as it is by now. */
  tile(election: string, level: number, index: number): Promise<Uint8Array | undefined>
  /** The newest published head. */
  head(election: string): Promise<Head | undefined>
  /** The first published head whose tree holds entry `index`. */
  headOver(election: string, index: number): Promise<Head | undefined>
  /** Elections in whose queue something waits. */
  waitingElections(): Promise<string[]>
  /** Runs `work` in one transaction that excludes every other process from this board; commits what it did if it resolves. */
  locked<T>(election: string, work: (board: LockedBoard) => Promise<T>): Promise<T>
}

export interface LockedBoard {
  readonly state: BoardState
  /** The first to arrive. */
  waiting(limit: number): Promise<Waiting[]>
  /** @throws {Error} unless the board is still at the size and epoch that `state` says. */
  append(batch: Batch): Promise<void>
  /** Removes waiting submissions for good. */
  discard(hashes: readonly string[]): Promise<void>
  /** The note of the head at this size: `note`, or the one that was stored before. */
  publish(note: string): Promise<string>
}
