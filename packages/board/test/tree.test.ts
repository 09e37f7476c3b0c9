import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  rootOf,
  sha256,
  toHex,
  u32,
  utf8,
  verifyConsistency,
  verifyInclusion,
} from '@cista/board'

interface InclusionVector {
  file: string
  leafIdx: number
  treeSize: number
  root: string
  leafHash: string
  proof: string[] | null
  wantErr: boolean
}
interface ConsistencyVector {
  file: string
  size1: number
  size2: number
  root1: string
  root2: string
  proof: string[] | null
  wantErr: boolean
}
const vectors = <T>(kind: string): T[] =>
  JSON.parse(readFileSync(new URL(`vectors/${kind}.json`, import.meta.url), 'utf8')) as T[]
// These vectors hold hashes of any length on purpose.
const bytes = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'))

describe('inclusion vectors', () => {
  it.each(vectors<InclusionVector>('inclusion'))('$file', (v) => {
    const proof = (v.proof ?? []).map(bytes)
    const claim = { leaf: bytes(v.leafHash), index: v.leafIdx, size: v.treeSize, root: bytes(v.root), proof }
    expect(verifyInclusion(claim)).toBe(!v.wantErr)
  })
})

describe('consistency vectors', () => {
  it.each(vectors<ConsistencyVector>('consistency'))('$file', (v) => {
    const from = { size: v.size1, root: bytes(v.root1) }
    const to = { size: v.size2, root: bytes(v.root2) }
    expect(verifyConsistency({ from, to, proof: (v.proof ?? []).map(bytes) })).toBe(!v.wantErr)
  })
})

const leaves = Array.from({ length: 70 }, (_, i) => leafHash(u32(i)))
const read = (level: number, index: number): Uint8Array =>
  rootOf(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level))
/** RFC 6962 §2.1, word by word. */
function mth(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256(utf8(''))
  if (hashes.length === 1) return hashes[0]!
  let k = 1
  while (k * 2 < hashes.length) k *= 2
  return nodeHash(mth(hashes.slice(0, k)), mth(hashes.slice(k)))
}

it('has the root of RFC 6962', () => {
  expect(toHex(rootOf([]))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  for (let size = 0; size <= 70; size++)
    expect(rootOf(leaves.slice(0, size))).toEqual(mth(leaves.slice(0, size)))
})

it('proves every entry of every small tree, and no other', () => {
  for (let size = 1; size <= 70; size++) {
    const root = mth(leaves.slice(0, size))
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(read, index, size)
      const claim = { leaf: leaves[index]!, index, size, root, proof }
      expect(verifyInclusion(claim)).toBe(true)
      expect(verifyInclusion({ ...claim, index: (index + 1) % size })).toBe(size === 1)
    }
  }
})

it('proves that every small tree begins every larger one', () => {
  for (let to = 1; to <= 70; to++)
    for (let from = 1; from <= to; from++) {
      const heads = {
        from: { size: from, root: mth(leaves.slice(0, from)) },
        to: { size: to, root: mth(leaves.slice(0, to)) },
      }
      const proof = consistencyProof(read, from, to)
      expect(verifyConsistency({ ...heads, proof })).toBe(true)
      if (from < to)
        expect(verifyConsistency({ ...heads, proof, from: { size: from, root: leaves[69]! } })).toBe(false)
    }
})

it('refuses any proof with one bit changed, one hash more or one less', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 70 }), fc.nat(), fc.nat(), (size, a, b) => {
      const index = a % size
      const root = mth(leaves.slice(0, size))
      const proof = inclusionProof(read, index, size)
      const claim = { leaf: leaves[index]!, index, size, root }
      const changed = proof.map((hash) => hash.slice())
      changed[b % proof.length]![b % 32]! ^= 1 << (b % 8)
      for (const wrong of [changed, [...proof, root], proof.slice(1), [proof[0]!, ...proof]])
        expect(verifyInclusion({ ...claim, proof: wrong })).toBe(false)
    }),
    { seed: 4, numRuns: 200 },
  )
})

it('refuses to prove what is not there', () => {
  expect(() => inclusionProof(read, 3, 3)).toThrow(RangeError)
  expect(() => consistencyProof(read, 0, 3)).toThrow(RangeError)
  expect(() => consistencyProof(read, 4, 3)).toThrow(RangeError)
})

it('counts beyond 32 bits', () => {
  const size = 2 ** 33 + 1
  const hash = (level: number, index: number): Uint8Array => sha256(utf8(`${level} ${index}`))
  const root = nodeHash(hash(33, 0), hash(0, 2 ** 33))
  const proof = inclusionProof(hash, 2 ** 33, size)
  expect(verifyInclusion({ leaf: hash(0, 2 ** 33), index: 2 ** 33, size, root, proof })).toBe(true)
  const from = { size: 2 ** 33, root: hash(33, 0) }
  expect(verifyConsistency({ from, to: { size, root }, proof: consistencyProof(hash, 2 ** 33, size) })).toBe(
    true,
  )
})
