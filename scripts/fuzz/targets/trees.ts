import {
  consistencyProof,
  decodeDocument,
  encodeDocument,
  fromHex,
  inclusionProof,
  integer,
  list,
  object,
  optional,
  rootOf,
  text,
  toHex,
  utf8,
  verifyConsistency,
  verifyInclusion,
} from '@cista/board'
import { type Target, holds, parser } from '../target.js'

/** Proofs over a tree of 23 leaves, in JSON: numbers of any size, and hashes that are none. */
export function trees(): Target<Uint8Array>[] {
  const leaves = Array.from({ length: 23 }, (_, i) => new Uint8Array(32).fill(i))
  const root = (size: number) => rootOf(leaves.slice(0, size))
  const node = (level: number, index: number) => rootOf(leaves.slice(index << level, (index + 1) << level))
  const proofs = [
    { index: 5, size: 23, root: toHex(root(23)), proof: inclusionProof(node, 5, 23).map(toHex) },
    { index: 22, size: 23, root: toHex(root(23)), proof: inclusionProof(node, 22, 23).map(toHex) },
    {
      index: 16,
      size: 23,
      root: toHex(root(23)),
      proof: consistencyProof(node, 16, 23).map(toHex),
      old: toHex(root(16)),
    },
    {
      index: 7,
      size: 23,
      root: toHex(root(23)),
      proof: consistencyProof(node, 7, 23).map(toHex),
      old: toHex(root(7)),
    },
  ]
  const claims = object({
    index: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
    old: optional(text(100)),
    proof: list(text(100), { max: 10_000 }),
    root: text(100),
    size: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  })
  const hash = (written: string) => (/^([0-9a-f]{2})*$/.test(written) ? fromHex(written) : utf8(written))
  return [
    parser(
      'tree proof',
      'json',
      proofs.map((claim) => encodeDocument(claims, claim)),
      (input) => {
        const { index, size, proof, ...claim } = decodeDocument(claims, input, 'claim')
        const given = { proof: proof.map(hash), root: hash(claim.root), size }
        const accepted =
          claim.old === undefined
            ? verifyInclusion({ ...given, index, leaf: leaves[index] ?? leaves[0]! })
            : verifyConsistency({
                from: { size: index, root: hash(claim.old) },
                to: given,
                proof: given.proof,
              })
        // Of the true tree only the true leaf, or the true beginning, can be proven; its size is the checkpoint's business.
        const same = proofs.some((p) => p.index === index && p.old === claim.old && p.root === claim.root)
        holds(!accepted || claim.root !== toHex(root(23)) || same, 'a false proof')
        return accepted
      },
    ),
  ]
}
