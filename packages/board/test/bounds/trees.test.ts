import { describe, expect, it } from 'vitest'
import {
  type Frontier,
  concat,
  consistencyProof,
  emptyFrontier,
  frontierRoot,
  inclusionProof,
  leafHash,
  nodeHash,
  parseRecordPath,
  rootOf,
  verifyConsistency,
  verifyInclusion,
} from '@cista/board'
import { said } from './said.js'

// The formats at their limits and one beyond, and where faults are said to be.

const origin = 'board.example'

describe('paths', () => {
  it('are those of a record from end to end', () => {
    expect(parseRecordPath('checkpoint')).toEqual({ kind: 'checkpoint' })
    expect(parseRecordPath('tile/12/x001/000.p/255')).toEqual({
      kind: 'tile',
      level: 12,
      index: 1000,
      width: 255,
    })
    for (const path of [
      'a/tile/0/000',
      'tile/0/000/a',
      'tile/0/000.p/256',
      'tile/0/000.p/0',
      'tile/0/000.p/257',
      'tile/0/000.p/999',
      'xpayloads/000',
      'payloads/000x',
    ])
      expect(parseRecordPath(path)).toBeUndefined()
  })
})

describe('trees', () => {
  const leaves = Array.from({ length: 3 }, (_, i) => leafHash(Uint8Array.of(i)))
  const read = (level: number, index: number) =>
    level === 0 ? leaves[index]! : nodeHash(leaves[2 * index]!, leaves[2 * index + 1]!)
  const notSizes = [-1, 0.5, NaN, 2 ** 53]

  it('have a whole number of entries', () => {
    for (const n of notSizes) {
      expect(said(() => inclusionProof(read, n, 3))).toMatch(/^RangeError no entry/)
      expect(said(() => inclusionProof(read, 0, n))).toMatch(/^RangeError no entry/)
      expect(said(() => consistencyProof(read, n, 3))).toMatch(/^RangeError a tree of/)
      expect(said(() => consistencyProof(read, 1, n))).toMatch(/^RangeError a tree of/)
    }
    for (const [from, to] of [
      [0, 3],
      [4, 3],
    ] as const)
      expect(said(() => consistencyProof(read, from, to))).toMatch(/^RangeError a tree of/)
    expect(consistencyProof(read, 3, 3)).toEqual([])
  })

  it('prove nothing about entries that are no whole numbers', () => {
    const [leaf] = leaves as [Uint8Array]
    const one = { leaf, index: 0, size: 1, root: leaf, proof: [] }
    expect(verifyInclusion(one)).toBe(true)
    for (const n of notSizes) {
      expect(verifyInclusion({ ...one, index: n })).toBe(false)
      expect(verifyInclusion({ ...one, size: n })).toBe(false)
      expect(
        verifyConsistency({ from: { size: n, root: leaf }, to: { size: 3, root: leaf }, proof: [] }),
      ).toBe(false)
      expect(
        verifyConsistency({ from: { size: 1, root: leaf }, to: { size: n, root: leaf }, proof: [] }),
      ).toBe(false)
      expect(
        verifyConsistency({ from: { size: n, root: leaf }, to: { size: n, root: leaf }, proof: [] }),
      ).toBe(false)
    }
    for (const [from, to] of [
      [0, 0],
      [0, 1],
      [2, 1],
    ] as const)
      expect(
        verifyConsistency({ from: { size: from, root: leaf }, to: { size: to, root: leaf }, proof: [] }),
      ).toBe(false)
  })

  it('prove nothing with more than hashes', () => {
    const long = concat(leaves[0]!, Uint8Array.of(0))
    const at = (proof: readonly Uint8Array[], size = 2) =>
      verifyInclusion({
        leaf: leaves[0]!,
        index: 0,
        size,
        root: nodeHash(leaves[0]!, proof[0] ?? leaves[1]!),
        proof,
      })
    expect(at([leaves[1]!])).toBe(true)
    for (const sibling of [long, new Uint8Array(), leaves[1]!.subarray(1)]) expect(at([sibling])).toBe(false)
    expect(verifyInclusion({ leaf: long, index: 0, size: 1, root: long, proof: [] })).toBe(false)
    // More hashes than the tree is high, each of which the root would fit.
    const higher = nodeHash(nodeHash(leaves[0]!, leaves[1]!), leaves[2]!)
    expect(
      verifyInclusion({ leaf: leaves[0]!, index: 0, size: 2, root: higher, proof: [leaves[1]!, leaves[2]!] }),
    ).toBe(false)
    expect(
      verifyInclusion({
        leaf: leaves[0]!,
        index: 0,
        size: 1,
        root: nodeHash(leaves[1]!, leaves[0]!),
        proof: [leaves[1]!],
      }),
    ).toBe(false)
  })

  it('prove no beginning with more than hashes, or with too few', () => {
    const [a, b, c] = leaves as [Uint8Array, Uint8Array, Uint8Array]
    const old = nodeHash(a, b)
    const two = { size: 2, root: old }
    const three = (sibling: Uint8Array) => ({ size: 3, root: nodeHash(old, sibling) })
    expect(verifyConsistency({ from: two, to: three(c), proof: [c] })).toBe(true)
    for (const sibling of [new Uint8Array(), concat(c, Uint8Array.of(0))])
      expect(verifyConsistency({ from: two, to: three(sibling), proof: [sibling] })).toBe(false)
    expect(verifyConsistency({ from: two, to: { size: 3, root: old }, proof: [] })).toBe(false)
    expect(verifyConsistency({ from: { size: 3, root: old }, to: { size: 4, root: old }, proof: [] })).toBe(
      false,
    )
    expect(
      verifyConsistency({ from: { size: 3, root: old }, to: { size: 4, root: old }, proof: [old] }),
    ).toBe(false)
    // A first hash of another length, though both roots fit it.
    const short = new Uint8Array(31)
    const fits = { from: { size: 1, root: short }, to: { size: 2, root: nodeHash(short, b) }, proof: [b] }
    expect(verifyConsistency(fits)).toBe(false)
    expect(
      verifyConsistency({ ...fits, to: { size: 2, root: nodeHash(nodeHash(short, b), c) }, proof: [b, c] }),
    ).toBe(false)
    expect(
      verifyConsistency({ from: two, to: { size: 3, root: nodeHash(nodeHash(old, c), a) }, proof: [c, a] }),
    ).toBe(false)
  })

  it('have a root over whatever part of a tile there is', () => {
    const frontier: Frontier = {
      ...emptyFrontier(origin, 'ab'.repeat(32)),
      size: 3,
      levels: [concat(...leaves)],
    }
    expect(frontierRoot(frontier)).toEqual(rootOf(leaves))
    expect(said(() => frontierRoot({ ...frontier, size: 2 }))).toBe(
      'RangeError level 0 of the frontier does not fit 2 entries',
    )
  })
})

describe('consistency that only seems so', () => {
  const leaves = ['a', 'b', 'c', 'd'].map((text) => leafHash(new TextEncoder().encode(text)))
  const [a, b, c, d] = leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array]
  const [three, four, x] = [rootOf([a, b, c]), rootOf(leaves), leafHash(Uint8Array.of(1))]

  it('is none to half an entry', () => {
    const to = { size: 2.5, root: nodeHash(a, b) }
    expect(verifyConsistency({ from: { size: 1, root: a }, to, proof: [b] })).toBe(false)
    expect(verifyConsistency({ from: { size: 1, root: a }, to: { ...to, size: 2 }, proof: [b] })).toBe(true)
  })

  it('is none to a smaller tree, whatever its root', () => {
    const to = { size: 2, root: nodeHash(three, x) }
    expect(verifyConsistency({ from: { size: 3, root: three }, to, proof: [three, x] })).toBe(false)
  })

  it('ends with the proof', () => {
    const proof = [c, d, nodeHash(a, b)]
    const from = { size: 3, root: three }
    const to = { size: 4, root: four }
    expect(verifyConsistency({ from, to, proof })).toBe(true)
    const higher = (head: typeof from) => ({ ...head, root: nodeHash(x, head.root) })
    expect(verifyConsistency({ from: higher(from), to: higher(to), proof: [...proof, x] })).toBe(false)
  })
})
