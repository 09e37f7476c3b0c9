import {
  type CellForm,
  cellsRelation,
  decodeCiphertext,
  encrypt,
  encodeCiphertext,
  type LinearRelation,
  proofLength,
  proveBatchable,
  randomScalar,
  ristretto255 as g,
  scalarStream,
  sealCells,
  serializeRelation,
  verifyBatch,
  verifyBatchable,
} from '@cista/crypto'
import { describe, expect, it } from 'vitest'
import { flipped, tag, toHex } from './support.js'

const secret = randomScalar()
const key = g.mulSecret(g.base, secret)
const seed = { label: 'test', parts: [new Uint8Array([1, 2, 3])] }
const contest = tag('contest', g)

/** One of three options or none (slack cell 3); weights 1 and 2 for a second, heavier sum. */
const form: CellForm = {
  cells: 5,
  sums: [
    { cells: [0, 1, 2, 3], weights: [1, 1, 1, 1], max: 1 },
    { cells: [2, 4], weights: [1, 2], max: 2 },
  ],
}
const bits = [1, 0, 0, 0, 1] as const

function assignments(n: number): (0 | 1)[][] {
  return Array.from({ length: 2 ** n }, (_, v) =>
    Array.from({ length: n }, (_, i) => ((v >> i) & 1) as 0 | 1),
  )
}

function satisfies(values: readonly number[], { sums }: CellForm): boolean {
  return sums.every(
    ({ cells, weights, max }) =>
      cells.reduce((sum, c, i) => sum + (values[c] ?? 0) * (weights[i] ?? 0), 0) === max,
  )
}

/** What somebody who ignores `sealCells` would send: any integers as "bits", proved by the generic prover. */
function forge(
  values: readonly bigint[],
  of: CellForm,
  witness: (value: bigint, r: bigint) => bigint[],
  change = (r: LinearRelation) => r,
) {
  const r = values.map(() => randomScalar())
  const parts = values.map((value, i) =>
    encodeCiphertext(encrypt(key, ((value % g.order) + g.order) % g.order, r[i] ?? 1n)),
  )
  const ciphertexts = Uint8Array.from(parts.flatMap((part) => [...part]))
  const relation = change(cellsRelation(key, of, ciphertexts))
  const scalars = values
    .flatMap((value, i) => witness(value, r[i] ?? 1n))
    .map((s) => ((s % g.order) + g.order) % g.order)
  return { relation, proof: proveBatchable(g, relation, scalars, contest), tag: contest }
}

const honest = (b: bigint, r: bigint) => [b, r, r - b * r]
const one: CellForm = { cells: 1, sums: [] }

describe('sealed cells', () => {
  const sealed = sealCells(key, form, bits, contest, seed)
  const relation = cellsRelation(key, form, sealed.ciphertexts)

  it('have the announced lengths and verify both ways', () => {
    expect(sealed.ciphertexts.length).toBe(64 * form.cells)
    expect(sealed.proof.length).toBe(proofLength(form))
    expect(verifyBatchable(g, relation, sealed.proof, contest)).toBe(true)
    expect(verifyBatch(g, [{ relation, proof: sealed.proof, tag: contest }])).toEqual([])
  })

  it('decrypt to the bits', () => {
    for (const [i, bit] of bits.entries()) {
      const { alpha, beta } = decodeCiphertext(sealed.ciphertexts.subarray(64 * i, 64 * (i + 1)))
      const point = g.subtract(beta, g.mulSecret(alpha, secret))
      expect(g.equals(point, bit === 1 ? g.base : g.identity)).toBe(true)
    }
  })

  it('are the same bytes for the same inputs, and others for others', () => {
    expect(sealCells(key, form, bits, contest, seed)).toEqual(sealed)
    const again = sealCells(key, form, [0, 1, 0, 0, 1], contest, seed)
    expect(toHex(again.proof)).not.toBe(toHex(sealed.proof))
    const elsewhere = sealCells(key, form, bits, tag('other', g), seed)
    expect(toHex(elsewhere.ciphertexts)).toBe(toHex(sealed.ciphertexts))
    expect(toHex(elsewhere.proof.subarray(0, 32))).not.toBe(toHex(sealed.proof.subarray(0, 32)))
  })

  it('are the bytes that the specification says, made without a shortcut', () => {
    const next = scalarStream(seed.label, ...seed.parts)
    const secrets = bits.map((bit) => ({ bit: BigInt(bit), r: next() }))
    const parts = secrets.map(({ bit, r }) => encodeCiphertext(encrypt(key, bit, r)))
    expect(toHex(sealed.ciphertexts)).toBe(parts.map(toHex).join(''))
    const statement = serializeRelation(g, relation)
    const nonce = scalarStream('test-nonces', ...seed.parts, new TextEncoder().encode(contest), statement)
    const witness = secrets.flatMap(({ bit, r }) => honest(bit, r))
    const nonces = (n: number) => Array.from({ length: n }, nonce)
    expect(toHex(proveBatchable(g, relation, witness, contest, { nonces }))).toBe(toHex(sealed.proof))
  })

  it('verify for every satisfying assignment; all others are refused', () => {
    const small: CellForm = { cells: 3, sums: [{ cells: [0, 1, 2], weights: [1, 2, 1], max: 2 }] }
    const items = assignments(3).flatMap((values) => {
      if (!satisfies(values, small)) {
        expect(() => sealCells(key, small, values, contest, seed)).toThrow(RangeError)
        return []
      }
      const { ciphertexts, proof } = sealCells(key, small, values, contest, seed)
      return [{ relation: cellsRelation(key, small, ciphertexts), proof, tag: contest }]
    })
    expect(items.length).toBe(2)
    expect(verifyBatch(g, items)).toEqual([])
  })

  it('refuse forms and bytes that are none', () => {
    const sum = { cells: [0, 1], weights: [1, 1], max: 1 }
    const bad: CellForm[] = [
      { cells: 0, sums: [] },
      { cells: -1, sums: [] },
      { cells: 1.5, sums: [] },
      ...[
        { cells: [0, 0] },
        { cells: [0, 2] },
        { cells: [0, -1] },
        { cells: [0, 0.5] },
        { cells: [], weights: [] },
        { cells: [0] },
        { weights: [1] },
        { weights: [1, 0] },
        { weights: [1, -1] },
        { weights: [1, 0.5] },
        { weights: [2 ** 52, 2 ** 52] },
        { max: 0 },
        { max: -1 },
        { max: 0.5 },
      ].map((change) => ({ cells: 2, sums: [sum, { ...sum, ...change }] })),
    ]
    expect(() =>
      cellsRelation(key, { cells: 2, sums: [sum] }, sealed.ciphertexts.subarray(0, 128)),
    ).not.toThrow()
    for (const each of bad)
      expect(() => cellsRelation(key, each, sealed.ciphertexts.subarray(0, 64 * each.cells))).toThrow(
        RangeError,
      )
    const empty = { cells: 2, sums: [{ cells: [], weights: [], max: 1 }] }
    expect(() => cellsRelation(key, empty, sealed.ciphertexts.subarray(0, 128))).toThrow(
      'over distinct cells of its form',
    )
    expect(() => cellsRelation(key, one, new Uint8Array(64))).toThrow(RangeError)
    expect(() => cellsRelation(key, one, new Uint8Array(63))).toThrow(RangeError)
    for (const wrong of [[2 as 1], [], [1, 1], [0.5 as 1]] as const)
      expect(() => sealCells(key, one, wrong, contest, seed)).toThrow('one bit for every cell')
  })
})

describe('attacks on cells', () => {
  const sealed = sealCells(key, form, bits, contest, seed)
  const relation = cellsRelation(key, form, sealed.ciphertexts)
  const refused = (r: typeof relation, proof: Uint8Array, under: string) => {
    expect(verifyBatchable(g, r, proof, under)).toBe(false)
    expect(verifyBatch(g, [{ relation: r, proof, tag: under }])).toEqual([0])
  }

  it('the same proof under another tag, key or ciphertext', () => {
    refused(relation, sealed.proof, tag('other', g))
    const otherKey = g.mulSecret(g.base, randomScalar())
    refused(cellsRelation(otherKey, form, sealed.ciphertexts), sealed.proof, contest)
    const other = sealCells(key, form, bits, contest, { ...seed, label: 'other' })
    refused(cellsRelation(key, form, other.ciphertexts), sealed.proof, contest)
    const swapped = sealed.ciphertexts.slice()
    swapped.set(sealed.ciphertexts.subarray(0, 64), 64)
    swapped.set(sealed.ciphertexts.subarray(64, 128), 0)
    refused(cellsRelation(key, form, swapped), sealed.proof, contest)
  })

  it('the same proof for a form with other sums', () => {
    const [first, second] = form.sums
    if (first === undefined || second === undefined) throw new Error('two sums')
    refused(
      cellsRelation(key, { ...form, sums: [first, { ...second, max: 3 }] }, sealed.ciphertexts),
      sealed.proof,
      contest,
    )
  })

  it('a bit flipped anywhere, a byte more or less', () => {
    for (let at = 0; at < sealed.proof.length; at += 97) refused(relation, flipped(sealed.proof, at), contest)
    refused(relation, sealed.proof.subarray(1), contest)
    refused(relation, new Uint8Array([...sealed.proof, 0]), contest)
    refused(relation, new Uint8Array(0), contest)
  })

  it.each([2n, -1n, 5n])('a cell that holds %s', (value) => {
    const honestly = forge([value], one, honest)
    refused(honestly.relation, honestly.proof, honestly.tag)
    const pretending = forge([value], one, (_, r) => [1n, r, 0n])
    refused(pretending.relation, pretending.proof, pretending.tag)
  })

  it('a cell of 2 by trustees who know the logarithm of K', () => {
    // β = (r + 2/x)·K would do for the second and fourth line alone; the third binds r.
    const inverse = modularPower(secret, g.order - 2n)
    const shifted = forge([2n], one, (b, r) => [0n, r + 2n * inverse, r + (2n - b) * inverse])
    refused(shifted.relation, shifted.proof, shifted.tag)
    const bent = forge([2n], one, (b, r) => [b, r, -r - 2n * inverse])
    refused(bent.relation, bent.proof, bent.tag)
    // Without the third line it would pass: that is what the line is there for.
    const without = (r: LinearRelation) => ({ ...r, equations: r.equations.filter((_, i) => i !== 2) })
    const accepted = forge([2n], one, (b, r) => [b, r, -r - 2n * inverse], without)
    expect(verifyBatchable(g, accepted.relation, accepted.proof, accepted.tag)).toBe(true)
  })

  it('cells that break a sum', () => {
    const two: CellForm = { cells: 2, sums: [{ cells: [0, 1], weights: [1, 1], max: 1 }] }
    for (const values of [
      [1n, 1n],
      [0n, 0n],
      [2n, -1n],
    ]) {
      const { relation: r, proof, tag: under } = forge(values, two, honest)
      refused(r, proof, under)
    }
    const fine = forge([1n, 0n], two, honest)
    expect(verifyBatchable(g, fine.relation, fine.proof, fine.tag)).toBe(true)
  })
})

function modularPower(base: bigint, exponent: bigint): bigint {
  let result = 1n
  for (let [square, rest] = [base, exponent]; rest > 0n; square = (square * square) % g.order, rest >>= 1n)
    if (rest & 1n) result = (result * square) % g.order
  return result
}
