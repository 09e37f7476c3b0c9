// Specification: 08 Result
import { normalizeZ } from '@noble/curves/abstract/curve.js'
import { ed25519, type ristretto255 as nobleRistretto } from '@noble/curves/ed25519.js'
import type { Element } from './group.js'
import { ristretto255 as g } from './groups.js'

type Edwards = typeof ed25519.Point.BASE

/** The largest total that can be read; beyond it tables would grow past reason. */
export const MAX_DISCRETE_LOG = 1_000_000_000

/** Giant steps normalised together. */
const CHUNK = 128

/**
 * Reads v from v·G for 0 ≤ v ≤ bound, by baby steps and giant steps: √(bound/2) points in a table, as many
 * steps at most. Public values only.
 *
 * An element of ristretto255 is a class of curve points that differ by a point of order 4 at most (RFC 9496);
 * four times a representative is therefore the same point for all of them, and a batch of those costs one
 * inversion, where encodings would cost a square root each.
 */
export class DiscreteLog {
  readonly bound: number
  readonly #babies = new Map<bigint, number>()
  readonly #stride: number
  readonly #giant: Edwards

  /** @throws {RangeError} unless bound is an integer in 0 … 1,000,000,000. */
  constructor(bound: number) {
    if (!Number.isInteger(bound) || bound < 0 || bound > MAX_DISCRETE_LOG)
      throw new RangeError(`a bound is an integer in 0 … ${MAX_DISCRETE_LOG}`)
    this.bound = bound
    const reach = Math.ceil(Math.sqrt(bound / 2))
    this.#stride = 2 * reach + 1
    const unit = quadruple(g.base)
    // j and −j have the same y: one entry serves both.
    multiples(unit, reach + 1).forEach((y, j) => this.#babies.set(y, j))
    this.#giant = unit.multiplyUnsafe(BigInt(this.#stride)).negate()
  }

  /** @throws {RangeError} if `point` is not v·G for any v in 0 … bound. */
  solve(point: Element): number {
    const steps = Math.floor(this.bound / this.#stride) + 1
    let start = quadruple(point)
    for (let done = 0; done <= steps; done += CHUNK) {
      const walked = walk(start, this.#giant, CHUNK)
      for (const [i, { y }] of normalizeZ(ed25519.Point, walked).entries()) {
        const j = this.#babies.get(y)
        if (j === undefined) continue
        const centre = (done + i) * this.#stride
        for (const v of [centre + j, centre - j]) if (this.#is(point, v)) return v
      }
      start = (walked.at(-1) ?? start).add(this.#giant)
    }
    throw new RangeError(`no number in 0 … ${this.bound} has this element as its multiple of the base`)
  }

  #is(point: Element, v: number): boolean {
    return v >= 0 && v <= this.bound && g.equals(g.mulPublic(g.base, BigInt(v)), point)
  }
}

/**
 * v with point = v·G and 0 ≤ v ≤ bound; for more than one, keep a `DiscreteLog`.
 *
 * @throws {RangeError} beyond the bound.
 */
export function discreteLog(point: Element, bound: number): number {
  return new DiscreteLog(bound).solve(point)
}

function quadruple(e: Element): Edwards {
  const point = e as unknown as typeof nobleRistretto.Point.BASE
  return ed25519.Point.fromAffine(point.double().double().toAffine())
}

/** from, from + step, from + 2·step, … */
function walk(from: Edwards, step: Edwards, count: number): Edwards[] {
  const points = [from]
  for (let at = from; points.length < count; ) points.push((at = at.add(step)))
  return points
}

function multiples(unit: Edwards, count: number): bigint[] {
  return normalizeZ(ed25519.Point, walk(ed25519.Point.ZERO, unit, count)).map(({ y }) => y)
}
