// Specification: 10 Disputes
import {
  type Checkpoint,
  DecodeError,
  type RecordSource,
  type TreeHead,
  proveConsistency,
  verifyConsistency,
} from '@cista/board'
import type { Finding } from './findings.js'
import { TileTree } from './tileTree.js'

/** `unproven`: the files do not even prove the later checkpoint, so that nothing is known of the earlier one. */
export type Continuation =
  | { readonly kind: 'continues' | 'forked' }
  | { readonly kind: 'unproven'; readonly findings: readonly Finding[] }

/**
 * Whether a board that signed both heads continued the earlier one. A proof from a few tiles says yes; only all of its hashes, which must lead
 * to the later root, can say no.
 * @param source the record under the later checkpoint, which has no fewer entries.
 */
export async function judgeContinuation(
  source: RecordSource,
  from: TreeHead,
  to: Checkpoint,
): Promise<Continuation> {
  if (await isProven()) return { kind: 'continues' }
  const { value: tree, findings } = await TileTree.empty.grown(source, to)
  if (tree === undefined) return { kind: 'unproven', findings }
  return { kind: tree.continues(from) ? 'continues' : 'forked' }

  async function isProven(): Promise<boolean> {
    if (from.size === 0) return false
    try {
      return verifyConsistency({ from, to, proof: await proveConsistency(source, from.size, to.size) })
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return false
    }
  }
}
