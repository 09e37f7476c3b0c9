// Specification: 02 Elements and scalars
declare const elementBrand: unique symbol

/** An integer with 0 ≤ s < order of the group it is used in. */
export type Scalar = bigint

/** An element of a prime-order group; only its group looks inside. */
export interface Element {
  readonly [elementBrand]: true
}

/**
 * A group of prime order in additive notation. Timing is in the names: `mulSecret` runs a fixed sequence of
 * steps, `mulPublic` and `msm` do not and must never see a secret.
 */
export interface Group {
  readonly name: 'ristretto255' | 'P-256'
  /** The suite's identifier, which every tag must contain. */
  readonly suite: string
  readonly order: bigint
  /** Ne: bytes of an encoded element. */
  readonly elementLength: number
  /** Ns: bytes of an encoded scalar. */
  readonly scalarLength: number
  readonly base: Element
  readonly identity: Element

  add(a: Element, b: Element): Element
  subtract(a: Element, b: Element): Element
  negate(a: Element): Element
  equals(a: Element, b: Element): boolean
  isIdentity(a: Element): boolean

  /** s·e in variable time; 0 is allowed. */
  mulPublic(e: Element, s: Scalar): Element
  /** s·e in constant time, as (s + 1)·e − e, because noble refuses the factor 0. */
  mulSecret(e: Element, s: Scalar): Element
  /**
   * s·e for a long-lived s and an element chosen by someone else: s is split into two random summands,
   * because noble does not blind anything but the base of ristretto255.
   */
  mulSecretBlinded(e: Element, s: Scalar): Element
  /** Σ scalars[i]·elements[i] in variable time; the identity for empty lists. */
  msm(elements: readonly Element[], scalars: readonly Scalar[]): Element
  /** The same element with precomputed tables, for many multiplications: about 10 ms and 1400 points. */
  fixedBase(e: Element): Element

  /** Fixed length; all zeros for the identity. */
  encode(e: Element): Uint8Array
  /** @throws {RangeError} unless `bytes` is the canonical form of an element that is not the identity. */
  decode(bytes: Uint8Array): Element
  /** @throws {RangeError} unless `bytes` is the canonical form of an element or all zeros. */
  decodeOrIdentity(bytes: Uint8Array): Element
  encodeScalar(s: Scalar): Uint8Array
  /** @throws {RangeError} unless `bytes` is canonical. */
  decodeScalar(bytes: Uint8Array): Scalar
  /** Uniform bytes reduced. @throws {RangeError} for fewer than scalarLength + 16 bytes. */
  scalarFromUniform(bytes: Uint8Array): Scalar
}
