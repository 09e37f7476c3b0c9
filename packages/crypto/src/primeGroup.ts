// Specification: 02 Elements and scalars
import type { CurvePoint, CurvePointCons } from '@noble/curves/abstract/curve.js'
import type { Element, Group, Scalar } from './group.js'
import { randomBytes } from './hash.js'
import { msm } from './msm.js'
import { type ByteOrder, decodeUint, encodeUint, reduceUniform, uintLength } from './uint.js'

interface Point<P extends Point<P>> extends CurvePoint<bigint, P> {
  toBytes(): Uint8Array
  precompute(windowSize?: number, isLazy?: boolean): P
}

interface Parameters<P extends Point<P>> {
  readonly name: Group['name']
  readonly suite: string
  readonly points: CurvePointCons<P>
  readonly elementLength: number
  readonly scalarOrder: ByteOrder
}

/** noble's points behind the interface of a group; elements are those points, with another type. */
export function primeGroup<P extends Point<P>>({
  name,
  suite,
  points,
  elementLength,
  scalarOrder,
}: Parameters<P>): Group {
  const order = points.Fn.ORDER
  const of = (e: Element): P => e as unknown as P
  const element = (p: P): Element => p as unknown as Element
  // Encoding costs a square root or an inversion, and most elements are encoded more than once.
  const encodings = new WeakMap<P, Uint8Array>()

  function encode(e: Element): Uint8Array {
    let bytes = encodings.get(of(e))
    if (bytes === undefined) {
      bytes = of(e).is0() ? new Uint8Array(elementLength) : of(e).toBytes()
      encodings.set(of(e), bytes)
    }
    return bytes.slice()
  }

  function decode(bytes: Uint8Array): Element {
    if (bytes.length !== elementLength) throw new RangeError(`${name} element of a wrong length`)
    let point: P
    try {
      point = points.fromBytes(bytes)
    } catch {
      throw new RangeError(`not an encoded ${name} element`)
    }
    if (point.is0()) throw new RangeError('the identity is not allowed here')
    encodings.set(point, bytes.slice())
    return element(point)
  }

  function mulSecret(e: Element, s: Scalar): Element {
    const next = s + 1n
    const product = of(e).multiply(next === order ? 1n : next)
    const usual = product.subtract(of(e))
    const last = of(e).negate()
    return element(next === order ? last : usual)
  }

  function scalarFromUniform(bytes: Uint8Array): Scalar {
    return reduceUniform(bytes, order)
  }

  const base = element(points.BASE)
  const identity = element(points.ZERO)
  return {
    name,
    suite,
    order,
    elementLength,
    scalarLength: uintLength(order),
    base,
    identity,
    add: (a, b) => element(of(a).add(of(b))),
    subtract: (a, b) => element(of(a).subtract(of(b))),
    negate: (a) => element(of(a).negate()),
    equals: (a, b) => of(a).equals(of(b)),
    isIdentity: (a) => of(a).is0(),
    mulPublic: (e, s) => element(of(e).multiplyUnsafe(s)),
    mulSecret,
    mulSecretBlinded(e, s) {
      const summand = scalarFromUniform(randomBytes(64))
      const rest = (s - summand + order) % order
      return element(of(mulSecret(e, summand)).add(of(mulSecret(e, rest))))
    },
    msm: (elements, scalars) => element(msm(points, elements.map(of), scalars)),
    fixedBase(e) {
      if (e === base) return base
      // A fresh object: noble keeps tables by object, and the caller's element stays as it is.
      const copy = of(e).add(points.ZERO)
      copy.precompute(6, false)
      return element(copy)
    },
    encode,
    decode,
    decodeOrIdentity: (bytes) =>
      bytes.length === elementLength && bytes.every((byte) => byte === 0) ? identity : decode(bytes),
    encodeScalar: (s) => encodeUint(s, order, scalarOrder),
    decodeScalar: (bytes) => decodeUint(bytes, order, scalarOrder),
    scalarFromUniform,
  }
}
