// Specification: 03 The four relations · 03 Ciphertexts · 03 Ballots from a seed
import { concatBytes } from '@noble/hashes/utils.js'
import { ascii } from './bytes.js'
import { type Ciphertext, decodeCiphertext, encodeCiphertext } from './elgamal.js'
import type { Element, Scalar } from './group.js'
import { ristretto255 as g } from './groups.js'
import { proveBatchable } from './proof.js'
import { type Equation, type LinearRelation, mod, serializeRelation } from './relation.js'
import { scalarStream } from './scalars.js'

/**
 * Cells are encrypted bits; the relation Contest(K, α_i, β_i) says that each is 0 or 1 and that their sums
 * are right.
 *
 *     witness b_i, r_i, s_i:   α_i = r_i·G              β_i = b_i·G + r_i·K
 *                              α_i = b_i·α_i + s_i·G    β_i = b_i·β_i + s_i·K
 *     for each sum:            Σ w_i·β_i − max·G = Σ w_i·r_i·K
 */

/** Σ weights[i]·bit(cells[i]) = max. Weights and max are positive; cells are distinct positions. */
export interface CellSum {
  readonly cells: readonly number[]
  readonly weights: readonly number[]
  readonly max: number
}

export interface CellForm {
  readonly cells: number
  readonly sums: readonly CellSum[]
}

/** What a voter's randomness is drawn from; who knows it can open the ciphertexts. */
export interface SealSeed {
  readonly label: string
  readonly parts: readonly Uint8Array[]
}

const CIPHERTEXT = 64

/** Bytes of the proof for a form: 224 per cell and 32 per sum. */
export function proofLength(form: CellForm): number {
  return 224 * form.cells + 32 * form.sums.length
}

/**
 * Encrypts bits and proves them; the same inputs give the same bytes. All randomness comes from the seed:
 * r_i of every cell, in order, from `scalarStream(label, …parts)`; nonces b′, r′, s′ of every cell, in order,
 * from `scalarStream(label + '-nonces', …parts, tag, serialized relation)`.
 *
 * @returns α_i ‖ β_i of every cell, and the batchable proof.
 * @throws {RangeError} if the bits do not satisfy the form, or the form is none.
 */
export function sealCells(
  key: Element,
  form: CellForm,
  bits: readonly (0 | 1)[],
  tag: string,
  seed: SealSeed,
): { ciphertexts: Uint8Array; proof: Uint8Array } {
  checkBits(form, bits)
  const fastKey = fixedKey(key)
  const next = scalarStream(seed.label, ...seed.parts)
  const secrets = bits.map((bit) => ({ bit, r: next() }))
  const ciphertexts = secrets.map(({ bit, r }): Ciphertext => {
    const masked = g.mulSecret(fastKey, r)
    // Both candidates are computed, so that the bit decides nothing but which of two objects is kept.
    const candidates = [masked, g.add(masked, g.base)] as const
    return { alpha: g.mulSecret(g.base, r), beta: candidates[bit] }
  })
  const relation = relationOf(key, form, ciphertexts)
  const nonce = scalarStream(
    `${seed.label}-nonces`,
    ...seed.parts,
    ascii(tag),
    serializeRelation(g, relation),
  )
  const witness = secrets.flatMap(({ bit, r }) => [BigInt(bit), r, mod(r - BigInt(bit) * r, g.order)])
  const proof = proveBatchable(g, relation, witness, tag, {
    nonces: (n) => Array.from({ length: n }, nonce),
    commit: (nonces) => commit(fastKey, form, secrets, nonces),
  })
  return { ciphertexts: concatBytes(...ciphertexts.map(encodeCiphertext)), proof }
}

/** The relation to verify. @throws {RangeError} if the ciphertexts or the form are malformed. */
export function cellsRelation(key: Element, form: CellForm, ciphertexts: Uint8Array): LinearRelation {
  checkForm(form)
  if (ciphertexts.length !== CIPHERTEXT * form.cells) throw new RangeError('ciphertexts of a wrong length')
  const cells = Array.from({ length: form.cells }, (_, i) =>
    decodeCiphertext(ciphertexts.subarray(CIPHERTEXT * i, CIPHERTEXT * (i + 1))),
  )
  return relationOf(key, form, cells)
}

/** Positions in the relation: elements G, K, α_0, β_0, …; scalars b_0, r_0, s_0, … */
const G = 0
const K = 1
const alpha = (i: number) => 2 + 2 * i
const beta = (i: number) => 3 + 2 * i
const b = (i: number) => 3 * i
const r = (i: number) => 3 * i + 1
const s = (i: number) => 3 * i + 2

function relationOf(key: Element, form: CellForm, cells: readonly Ciphertext[]): LinearRelation {
  const bitEquations = cells.flatMap((_, i): Equation[] => [
    { image: [[alpha(i), 1n]], terms: [[r(i), G, 1n]] },
    {
      image: [[beta(i), 1n]],
      terms: [
        [b(i), G, 1n],
        [r(i), K, 1n],
      ],
    },
    {
      image: [[alpha(i), 1n]],
      terms: [
        [b(i), alpha(i), 1n],
        [s(i), G, 1n],
      ],
    },
    {
      image: [[beta(i), 1n]],
      terms: [
        [b(i), beta(i), 1n],
        [s(i), K, 1n],
      ],
    },
  ])
  const sumEquations = form.sums.map(({ max, ...sum }): Equation => {
    const weighted = sum.cells.map((cell, i) => [cell, BigInt(sum.weights[i] ?? 0)] as const)
    return {
      image: [...weighted.map(([cell, weight]) => [beta(cell), weight] as const), [G, -BigInt(max)]],
      terms: weighted.map(([cell, weight]) => [r(cell), K, weight] as const),
    }
  })
  return {
    elements: [g.base, key, ...cells.flatMap((cell) => [cell.alpha, cell.beta])],
    equations: [...bitEquations, ...sumEquations],
  }
}

/** map(relation, nonces) by multiples of G and K alone: the prover knows every ciphertext's logarithms. */
function commit(
  key: Element,
  form: CellForm,
  secrets: readonly { bit: 0 | 1; r: Scalar }[],
  nonces: readonly Scalar[],
): Element[] {
  const at = (i: number) => nonces[i] ?? 0n
  const bits = secrets.flatMap((cell, i) => {
    const mixed = mod(at(b(i)) * cell.r + at(s(i)), g.order)
    return [
      g.mulSecret(g.base, at(r(i))),
      g.add(g.mulSecret(g.base, at(b(i))), g.mulSecret(key, at(r(i)))),
      g.mulSecret(g.base, mixed),
      g.add(g.mulSecret(g.base, at(b(i)) * BigInt(cell.bit)), g.mulSecret(key, mixed)),
    ]
  })
  const sums = form.sums.map((sum) => {
    const total = sum.cells.reduce((acc, cell, i) => acc + at(r(cell)) * BigInt(sum.weights[i] ?? 0), 0n)
    return g.mulSecret(key, mod(total, g.order))
  })
  return [...bits, ...sums]
}

const fixedKeys = new WeakMap<Element, Element>()

function fixedKey(key: Element): Element {
  let fixed = fixedKeys.get(key)
  if (fixed === undefined) fixedKeys.set(key, (fixed = g.fixedBase(key)))
  return fixed
}

const isPositive = (n: number) => Number.isSafeInteger(n) && n > 0

function checkForm(form: CellForm): void {
  if (!isPositive(form.cells)) throw new RangeError('a form has at least one cell')
  for (const { cells, weights, max } of form.sums) {
    const distinct = new Set(cells).size === cells.length && cells.length > 0
    const present = cells.every((cell) => Number.isInteger(cell) && cell >= 0 && cell < form.cells)
    if (!distinct || !present) throw new RangeError('a sum is over distinct cells of its form')
    if (weights.length !== cells.length || !weights.every(isPositive))
      throw new RangeError('every cell of a sum has a positive weight')
    if (!isPositive(max) || !isPositive(weights.reduce((a, w) => a + w, 0)))
      throw new RangeError('a sum is out of range')
  }
}

function checkBits(form: CellForm, bits: readonly (0 | 1)[]): void {
  checkForm(form)
  if (bits.length !== form.cells || !bits.every((bit) => bit === 0 || bit === 1))
    throw new RangeError('one bit for every cell')
  for (const { cells, weights, max } of form.sums) {
    const total = cells.reduce((sum, cell, i) => sum + (bits[cell] ?? 0) * (weights[i] ?? 0), 0)
    if (total !== max) throw new RangeError('the bits do not satisfy a sum')
  }
}
