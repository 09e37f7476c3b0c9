// Specification: 03 The suite
import { concatBytes } from '@noble/hashes/utils.js'
import { le32 } from './bytes.js'
import type { Element, Group, Scalar } from './group.js'

/** Σ weight·elements[element] over `image` equals Σ weight·witness[scalar]·elements[element] over `terms`. */
export interface Equation {
  readonly image: readonly (readonly [element: number, weight: bigint])[]
  readonly terms: readonly (readonly [scalar: number, element: number, weight: bigint])[]
}

/**
 * A linear relation (draft-irtf-cfrg-sigma-protocols, "Representation"): which scalars are known such that
 * every equation holds. `elements[0]` is the group's base; weights may be negative.
 */
export interface LinearRelation {
  readonly elements: readonly Element[]
  readonly equations: readonly Equation[]
}

/** The least non-negative representative. */
export function mod(n: bigint, order: bigint): bigint {
  const rest = n % order
  return rest < 0n ? rest + order : rest
}

/** num_scalars of the draft: 1 + the largest index of a scalar. */
export function scalarCount(r: LinearRelation): number {
  let count = 0
  for (const { terms } of r.equations) for (const [scalar] of terms) count = Math.max(count, scalar + 1)
  return count
}

/** weight·e for a public weight; small ones, negative too, cost next to nothing. */
function weigh(g: Group, e: Element, weight: bigint): Element {
  if (weight === 1n) return e
  if (weight < 0n) return g.negate(weigh(g, e, -weight))
  return g.mulPublic(e, weight % g.order)
}

/** The element an index names; indices of a validated relation always name one. */
export function elementAt(r: LinearRelation, index: number): Element {
  const e = r.elements[index]
  if (e === undefined) throw new RangeError(`no element ${index}`)
  return e
}

function sumOf(g: Group, [first = g.identity, ...others]: readonly Element[]): Element {
  return others.reduce((a, b) => g.add(a, b), first)
}

type Weighted = readonly [element: number, weight: bigint]

function weightedSum(g: Group, r: LinearRelation, weighted: readonly Weighted[]): Element {
  return sumOf(
    g,
    weighted.map(([index, weight]) => weigh(g, elementAt(r, index), weight)),
  )
}

/** image(instance) of the draft: the left-hand side of each equation. */
export function imageOf(g: Group, r: LinearRelation): Element[] {
  return r.equations.map(({ image }) => weightedSum(g, r, image))
}

/**
 * map(instance, scalars) of the draft, the right-hand side of each equation, with the multiplication given.
 */
export function mapOf(
  g: Group,
  r: LinearRelation,
  scalars: readonly Scalar[],
  mul: Group['mulPublic'],
): Element[] {
  const product = ([scalar, index, weight]: Equation['terms'][number]) =>
    mul(elementAt(r, index), mod(weight * (scalars[scalar] ?? 0n), g.order))
  return r.equations.map(({ terms }) => sumOf(g, terms.map(product)))
}

/** Group.serialize of the draft. @throws {RangeError} on the identity, which has no place in a proof. */
export function encodeElements(g: Group, elements: readonly Element[]): Uint8Array {
  const encoded = elements.map((e) => g.encode(e))
  if (encoded.some((bytes) => bytes.every((byte) => byte === 0)))
    throw new RangeError('the identity is not allowed here')
  return concatBytes(...encoded)
}

/** SerializeLinearRelation of the draft. @throws {RangeError} if an element is the identity. */
export function serializeRelation(g: Group, r: LinearRelation): Uint8Array {
  const weights = new Map<bigint, Uint8Array>()
  const encodedWeight = (weight: bigint) => {
    let bytes = weights.get(weight)
    if (bytes === undefined) weights.set(weight, (bytes = g.encodeScalar(mod(weight, g.order))))
    return bytes
  }
  const parts = [le32(r.equations.length)]
  for (const { image, terms } of r.equations) {
    parts.push(le32(image.length))
    for (const [index, weight] of image) parts.push(le32(index), encodedWeight(weight))
    parts.push(le32(terms.length))
    for (const [scalar, index, weight] of terms) parts.push(le32(scalar), le32(index), encodedWeight(weight))
  }
  return concatBytes(...parts, encodeElements(g, r.elements.slice(1)))
}

const isIndex = (n: number) => Number.isInteger(n) && n >= 0 && n < 2 ** 32

/**
 * ValidateInstance of the draft. Which of its ten checks fails first, and how; `undefined` if none does.
 * Check 3's bounds on counts hold for anything that fits into memory.
 */
export function invalidInstance(g: Group, r: LinearRelation): string | undefined {
  if (r.equations.length === 0) return 'check 1: no equation'
  const usedElements = new Set<number>()
  const usedScalars = new Set<number>()
  for (const { image, terms } of r.equations) {
    if (terms.length === 0 || image.length === 0) return 'check 2: an equation with an empty side'
    for (const [index] of image) usedElements.add(index)
    for (const [scalar, index] of terms) {
      usedElements.add(index)
      usedScalars.add(scalar)
    }
  }
  for (const index of usedElements) {
    if (!isIndex(index)) return 'check 3: an index out of range'
    if (index >= r.elements.length) return 'check 4: an index without an element'
  }
  for (const index of usedScalars) if (!isIndex(index)) return 'check 3: an index out of range'
  for (let i = 1; i < r.elements.length; i++)
    if (!usedElements.has(i)) return `check 5: element ${i} is not used`
  if (usedScalars.size !== scalarCount(r)) return 'check 6: a scalar is not used'
  if (!g.equals(elementAt(r, 0), g.base)) return 'check 7: element 0 is not the base'
  if (r.elements.some((e) => g.isIdentity(e))) return 'check 8: an element is the identity'
  return identityImage(g, r) ?? identityColumn(g, r)
}

function identityImage(g: Group, r: LinearRelation): string | undefined {
  const at = imageOf(g, r).findIndex((image) => g.isIdentity(image))
  return at < 0 ? undefined : `check 9: the image of equation ${at} is the identity`
}

function identityColumn(g: Group, r: LinearRelation): string | undefined {
  const bound = new Set<number>()
  for (const { terms } of r.equations) {
    const columns = new Map<number, Weighted[]>()
    for (const [scalar, index, weight] of terms) {
      if (bound.has(scalar)) continue
      const column = columns.get(scalar)
      if (column === undefined) columns.set(scalar, [[index, weight]])
      else column.push([index, weight])
    }
    for (const [scalar, column] of columns) if (!g.isIdentity(weightedSum(g, r, column))) bound.add(scalar)
  }
  return bound.size === scalarCount(r) ? undefined : 'check 10: a scalar is bound by nothing'
}
