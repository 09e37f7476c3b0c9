// Specification: 10 Following a board
import { type Checkpoint, type CheckpointPolicy, DecodeError, openCheckpoint } from '@cista/board'
import type { TileTree } from './tileTree.js'
import type { SeenCheckpoint, WatchEvent } from './watchEvents.js'

type Pending = SeenCheckpoint & { readonly checkpoint: Checkpoint; readonly since: number }

/** Compares what others have seen of a board with its history as it is known here. */
export class Comparison {
  readonly #policy: CheckpointPolicy
  readonly #stall: number
  /** By name, the last note. */
  readonly #last = new Map<string, string>()
  /** Of more entries than are known here. */
  #pending: Pending[] = []

  /** @param stall seconds for which the board may lag behind what others have seen. */
  constructor(policy: CheckpointPolicy, stall: number) {
    this.#policy = policy
    this.#stall = stall
  }

  /** @param note the one that `tree` is under. @param now seconds since 1970. */
  compare(others: readonly SeenCheckpoint[], tree: TileTree, note: string, now: number): WatchEvent[] {
    const events: WatchEvent[] = []
    for (const other of others) {
      if (this.#last.get(other.name) === other.note) continue
      this.#last.set(other.name, other.note)
      try {
        const { checkpoint } = openCheckpoint(other.note, this.#policy)
        this.#pending.push({ ...other, checkpoint, since: now })
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        events.push({ kind: 'not-compared', name: other.name, why: error.message })
      }
    }
    for (const { name, note: theirs, checkpoint, since } of this.#pending) {
      const found = { by: name, ours: note, theirs }
      if (checkpoint.size > tree.size) {
        if (now - since >= this.#stall) events.push({ kind: 'withheld', ...found })
      } else if (!tree.continues(checkpoint)) events.push({ kind: 'forked', ...found })
    }
    this.#pending = this.#pending.filter(({ checkpoint }) => checkpoint.size > tree.size)
    return events
  }
}
