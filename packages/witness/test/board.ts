import {
  type HashReader,
  boardKey,
  consistencyProof,
  cosign,
  formatAddCheckpoint,
  rootOf,
  sha256,
  signCheckpoint,
  utf8,
} from '@cista/board'

/** A board without entries: as much of one as witnesses see. Boards of one origin have one key, whatever their leaves. */
export class TestBoard {
  readonly origin: string
  readonly leaves: Uint8Array[] = []
  readonly #seed: Uint8Array
  readonly #history: string

  /** @param history boards of one origin with different histories are forks of each other. */
  constructor(origin: string, history = 'one') {
    this.origin = origin
    this.#seed = sha256(utf8(`test board ${origin}`))
    this.#history = history
  }

  get key(): string {
    return boardKey(this.#seed, this.origin)
  }

  grow(to: number): this {
    while (this.leaves.length < to) this.leaves.push(sha256(utf8(`${this.#history} ${this.leaves.length}`)))
    return this
  }

  root(size = this.leaves.length): Uint8Array {
    return rootOf(this.leaves.slice(0, size))
  }

  note(size = this.leaves.length): string {
    return signCheckpoint({ origin: this.origin, size, root: this.root(size) }, this.#seed, this.origin)
  }

  /** Signed by the board, whether there is such a tree or not. */
  noteOf(size: number, root: Uint8Array): string {
    return signCheckpoint({ origin: this.origin, size, root }, this.#seed, this.origin)
  }

  proof(from: number, to = this.leaves.length): Uint8Array[] {
    if (from === 0 || from === to) return []
    const node: HashReader = (level, index) =>
      rootOf(this.leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
    return consistencyProof(node, from, to)
  }

  /** The body of a request, as an honest board sends it. */
  request(old: number, to = this.leaves.length): string {
    return formatAddCheckpoint({ old, proof: this.proof(old, to), note: this.note(to) })
  }
}

/** The note with a line that a stranger has added. */
export const withStranger = (note: string): string =>
  cosign(note, sha256(utf8('stranger')), 'stranger.example', 1)
