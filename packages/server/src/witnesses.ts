// Specification: 05 Witnesses
import { type CheckpointPolicy, openCheckpoint } from '@cista/board'
import { type WitnessPorts, WitnessClient } from './witnessClient.js'

/** The witnesses that this server can ask. */
export interface Witnesses {
  /** Verifier keys of the witnesses that this server has an address for. */
  readonly known: ReadonlySet<string>
  /**
   * Asks all witnesses of an election at once. Resolves as soon as the quorum has cosigned, or all have answered or had their time.
   * Whoever is asked for a later head of the election while a witness has not answered about an earlier one waits no longer for that.
   * Rejects only if `head` contradicts itself.
   */
  cosign(head: HeadToWitness): Promise<WitnessOutcome>
}

/** A committed head of a board. */
export interface HeadToWitness {
  /** Election id. */
  readonly election: string
  readonly policy: CheckpointPolicy
  readonly size: number
  /** Signed by the board only. */
  readonly note: string
  /** Consistency proof from an older size of the same board, 0 < `from` < `size` (from the tiles). */
  prove(from: number): Promise<Uint8Array[]>
  /** Seconds since 1970: cosignatures made before it are not taken; undefined takes any. */
  readonly notBefore?: number
}

export type WitnessOutcome =
  /** The note with the lines of at least the quorum, in the manifest's order; `openCheckpoint` accepts it. */
  | { readonly kind: 'cosigned'; readonly note: string }
  /** Worth another try later. */
  | { readonly kind: 'too-few'; readonly have: number; readonly need: number }
  /**
   * No quorum, and a witness says that it has cosigned what this board does not continue: a tree of `size`, larger than ours, or
   * another of a size that we have. Either another process has extended the board meanwhile, or entries are lost, or the witness lies.
   */
  | { readonly kind: 'conflict'; readonly witness: string; readonly size: number }

/** @param addresses by verifier key, the submission prefix of a witness that speaks C2SP tlog-witness over HTTP. */
export function httpWitnesses(addresses: ReadonlyMap<string, string>, ports: WitnessPorts): Witnesses {
  const clients = new Map(
    [...addresses].map(([vkey, url]) => [vkey, new WitnessClient(vkey, url, ports)] as const),
  )

  async function cosign(head: HeadToWitness): Promise<WitnessOutcome> {
    const { policy, note, size } = head
    const { checkpoint } = openCheckpoint(note, { board: policy.board, witnesses: [], quorum: 0 })
    if (checkpoint.size !== size) throw new Error(`a note of ${checkpoint.size} entries for ${size}`)
    const lines = new Map<string, string>()
    let conflict: WitnessOutcome | undefined
    let enough: () => void = () => undefined
    const quorum = new Promise<void>((resolve) => {
      enough = resolve
    })
    const asked = policy.witnesses.map(async (vkey) => {
      const answer = await clients.get(vkey)?.ask(head)
      if (answer?.kind === 'cosigned') lines.set(vkey, answer.line)
      if (answer?.kind === 'conflict') conflict = answer
      if (lines.size >= policy.quorum) enough()
    })
    await Promise.race([quorum, Promise.all(asked)])
    if (lines.size < policy.quorum)
      return conflict ?? { kind: 'too-few', have: lines.size, need: policy.quorum }
    const cosigned = note + policy.witnesses.map((vkey) => lines.get(vkey) ?? '').join('')
    openCheckpoint(cosigned, policy)
    return { kind: 'cosigned', note: cosigned }
  }
  return { known: new Set(clients.keys()), cosign }
}
