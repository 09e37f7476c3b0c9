// Specification: 05 Witnesses
import type { Boards } from './elections.js'
import { type Refused, judge, readRequest } from './judge.js'
import type { WitnessKey } from './key.js'
import { type Cosigned, checkBoard, cosignedBy } from './state.js'

/** Where the last cosigned note of each board is kept. */
export interface NoteStore {
  /**
   * Replaces the note of this origin. Resolves only when the new one would survive the loss of power at any later moment; until then
   * the old one does. Rejects where that is not sure.
   */
  save(origin: string, next: Cosigned): Promise<void>
}
export interface WitnessPorts {
  readonly store: NoteStore
  /** Milliseconds since 1970. */
  readonly clock: () => number
}
export type Answer =
  /** `line`: the witness's signature line, newline included. */
  | { readonly kind: 'cosigned'; readonly line: string; readonly cosigned: Cosigned }
  | Refused
  /** What is kept of this board may not be what is on the disk: nothing of it is cosigned until the witness is started anew. */
  | { readonly kind: 'halted'; readonly origin: string; readonly why: string }

/** Cosigns what its boards sign, as long as each has one growing history. */
export class Witness {
  readonly #key: WitnessKey
  readonly #ports: WitnessPorts
  readonly #last: Map<string, Cosigned>
  readonly #halted = new Map<string, string>()
  /** The end of the last work on each board: one request after the other. */
  readonly #busy = new Map<string, Promise<unknown>>()
  #boards: Boards = new Map()

  /** @param last all that this key has ever cosigned, by origin, boards that are not witnessed any more included. */
  constructor(key: WitnessKey, last: ReadonlyMap<string, Cosigned>, ports: WitnessPorts) {
    this.#key = key
    this.#ports = ports
    this.#last = new Map(last)
  }

  /** From now on only these are witnessed. @throws {DecodeError} if another key has signed what is kept of one: then nothing changes. */
  setBoards(boards: Boards): void {
    for (const [origin, board] of boards) {
      const last = this.#last.get(origin)
      if (last !== undefined) checkBoard(last, board, this.#key)
    }
    this.#boards = boards
  }

  /** What was cosigned last; undefined where nothing was. */
  last(origin: string): Cosigned | undefined {
    return this.#last.get(origin)
  }

  all(): Cosigned[] {
    return [...this.#last.values()]
  }

  get halted(): string[] {
    return [...this.#halted.keys()]
  }

  /** @param body of a request to add-checkpoint. Any number of requests may come at once. */
  async addCheckpoint(body: Uint8Array): Promise<Answer> {
    const request = readRequest(body, this.#boards)
    if ('kind' in request) return request
    const { note, checkpoint } = request
    const { origin } = checkpoint
    return this.#inTurn(origin, async () => {
      const halted = this.#halted.get(origin)
      if (halted !== undefined) return { kind: 'halted', origin, why: halted }
      const last = this.#last.get(origin)
      const refused = judge(request, last)
      if (refused !== undefined) return refused
      const now = Math.floor(this.#ports.clock() / 1000)
      // A clock that was set back must not make a larger tree older than a smaller one; and time 0 would mean none.
      const cosigned = cosignedBy(this.#key, note, Math.max(now, last?.time ?? 1))
      try {
        await this.#ports.store.save(origin, cosigned)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        this.#halted.set(origin, why)
        return { kind: 'halted', origin, why }
      }
      // Only now, when nothing can make the witness forget it, does anybody see the cosignature.
      this.#last.set(origin, cosigned)
      return { kind: 'cosigned', line: cosigned.note.slice(note.length), cosigned }
    })
  }

  /** When all that is under way is answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#busy.values())
  }

  #inTurn(origin: string, work: () => Promise<Answer>): Promise<Answer> {
    const next = (this.#busy.get(origin) ?? Promise.resolve()).then(work)
    this.#busy.set(
      origin,
      next.catch(() => undefined),
    )
    return next
  }
}
