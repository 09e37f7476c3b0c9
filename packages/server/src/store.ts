import type { Tile } from '@cista/board'
import type { Submission } from '@cista/protocol'

/** The head of a board as committed. */
export interface BoardState {
  readonly election: string
  readonly size: number
  readonly root: Uint8Array
  readonly epoch: number
  /** Size of the newest published head. The board grows only where it is `size`. */
  readonly published: number
  /** Nothing can follow any more. */
  readonly ended: boolean
}
/** What waits in the queue. */
export interface Waiting {
  readonly kind: string
  readonly hash: string
  /** Milliseconds since 1970. */
  readonly arrived: number
}
/** A checked submission for the queue. */
export interface Arrival {
  readonly election: string
  readonly submission: Submission
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
  readonly state: Omit<BoardState, 'published'>
  /** New entries in board order; those that did not wait are stored with the batch. */
  readonly entries: readonly (Submission & { readonly index: number; readonly entry: Uint8Array })[]
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
  /**
   * Puts checked submissions into the queue, in one transaction; those that are there or on a board already stay as they are. So does one of
   * another kind with the same payload: `place` tells.
   */
  enqueue(arrivals: readonly Arrival[]): Promise<void>
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
  /** Elections in whose queue something waits. It walks over what has left the queues since the database was cleaned last. */
  waitingElections(): Promise<string[]>
  /** Runs `work` in one transaction that excludes every other process from this board; commits what it did if it resolves. */
  locked<T>(election: string, work: (board: LockedBoard) => Promise<T>): Promise<T>
}

export interface LockedBoard {
  readonly state: BoardState
  /** The first to arrive of those that did not arrive before `since`, in milliseconds since 1970. */
  waiting(limit: number, since: number): Promise<Waiting[]>
  /** Submissions that wait. */
  submissions(hashes: readonly string[]): Promise<Submission[]>
  /** @throws {Error} unless the board is still at the size and epoch that `state` says. */
  append(batch: Batch): Promise<void>
  /** Removes waiting submissions for good. */
  discard(hashes: readonly string[]): Promise<void>
  /** Makes `note` the public head of the size in `state`. Only once for a size. */
  publish(note: string): Promise<void>
  /** The public head of the size in `state`. */
  note(): Promise<string | undefined>
}
