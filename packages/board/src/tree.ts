// Specification: 05 Chain and tree
// The Merkle tree of RFC 6962 §2.1, whose proofs RFC 9162 §2.1 words better.
import { concat, equalBytes } from './bytes.js'
import { sha256 } from './hash.js'

/** The hash of the complete subtree over leaves index·2^level … (index+1)·2^level − 1. */
export type HashReader = (level: number, index: number) => Uint8Array
export type InclusionProof = readonly Uint8Array[]
export type ConsistencyProof = readonly Uint8Array[]
export interface TreeHead {
  readonly size: number
  readonly root: Uint8Array
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(concat(Uint8Array.of(1), left, right))
}

/** Root over leaf hashes (or over the roots of complete subtrees of one height). */
export function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  let row = hashes
  while (row.length > 1) {
    const above: Uint8Array[] = []
    for (let i = 0; i < row.length; i += 2) {
      const right = row[i + 1]
      above.push(right === undefined ? row[i]! : nodeHash(row[i]!, right))
    }
    row = above
  }
  return row[0] ?? sha256(new Uint8Array())
}

/** Sibling hashes from the leaf to the root. @throws {RangeError} unless index < size. */
export function inclusionProof(read: HashReader, index: number, size: number): Uint8Array[] {
  if (!isSize(index) || !isSize(size) || index >= size)
    throw new RangeError(`no entry ${index} in a tree of ${size}`)
  const proof: Uint8Array[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + split(to - from)
    if (index < middle) {
      proof.push(rangeHash(read, middle, to))
      to = middle
    } else {
      proof.push(rangeHash(read, from, middle))
      from = middle
    }
  }
  return proof.reverse()
}

/** RFC 9162 §2.1.4.1. @throws {RangeError} unless 0 < from ≤ to. */
export function consistencyProof(read: HashReader, from: number, to: number): Uint8Array[] {
  if (!isSize(from) || !isSize(to) || from === 0 || from > to)
    throw new RangeError(`a tree of ${from} is no beginning of a tree of ${to}`)
  const proof: Uint8Array[] = []
  let [left, right] = [0, to]
  while (right !== from) {
    const middle = left + split(right - left)
    if (from <= middle) {
      proof.push(rangeHash(read, middle, right))
      right = middle
    } else {
      proof.push(rangeHash(read, left, middle))
      left = middle
    }
  }
  // The old root itself is known to the verifier; any other subtree that ends where the old tree ended is not.
  if (left > 0) proof.push(rangeHash(read, left, right))
  return proof.reverse()
}

/** RFC 9162 §2.1.3.2. */
export function verifyInclusion(claim: {
  readonly leaf: Uint8Array
  readonly index: number
  readonly size: number
  readonly root: Uint8Array
  readonly proof: InclusionProof
}): boolean {
  const { leaf, index, size, root, proof } = claim
  if (!isSize(index) || !isSize(size) || index >= size || leaf.length !== 32) return false
  // Arithmetic and not bit operations, which would cut sizes to 32 bits.
  let [node, last] = [index, size - 1]
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== 32) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)]
    } else hash = nodeHash(hash, sibling)
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && equalBytes(hash, root)
}

/** RFC 9162 §2.1.4.2. An empty tree is refused: that anything extends it says nothing. */
export function verifyConsistency(claim: {
  readonly from: TreeHead
  readonly to: TreeHead
  readonly proof: ConsistencyProof
}): boolean {
  const { from, to, proof } = claim
  if (!isSize(from.size) || !isSize(to.size) || from.size === 0 || from.size > to.size) return false
  if (from.size === to.size) return proof.length === 0 && equalBytes(from.root, to.root)
  let [node, last] = [from.size - 1, to.size - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  // What is left is zero just when the old size is a power of two: then the old root starts the path.
  const path = node === 0 ? [from.root, ...proof] : proof
  const [start, ...rest] = path
  if (start?.length !== 32 || rest.length === 0) return false
  let [oldHash, newHash] = [start, start]
  for (const sibling of rest) {
    if (last === 0 || sibling.length !== 32) return false
    if (node % 2 === 1 || node === last) {
      oldHash = nodeHash(sibling, oldHash)
      newHash = nodeHash(sibling, newHash)
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, half(last)]
    } else newHash = nodeHash(newHash, sibling)
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && equalBytes(oldHash, from.root) && equalBytes(newHash, to.root)
}

const isSize = (n: number): boolean => Number.isSafeInteger(n) && n >= 0
const half = (n: number): number => Math.floor(n / 2)

/** The largest power of two below n, for n > 1. */
function split(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

/** MTH(D[from:to]), where `from` is a multiple of the largest power of two in the range, as in all proofs. */
function rangeHash(read: HashReader, from: number, to: number): Uint8Array {
  const width = to - from
  const level = Math.log2(width)
  if (Number.isInteger(level)) return read(level, from / width)
  const middle = from + split(width)
  return nodeHash(rangeHash(read, from, middle), rangeHash(read, middle, to))
}
