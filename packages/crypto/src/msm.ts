// Specification: 03 The suite
import { type CurvePoint, type CurvePointCons, mulAddUnsafe } from '@noble/curves/abstract/curve.js'
import { numberToBytesLE } from '@noble/curves/utils.js'

/** Below this many points, interleaved wNAF needs fewer additions than buckets. */
const FEW = 24

/**
 * Σ scalars[i]·points[i] in variable time: Pippenger's bucket method with signed digits. Scalars shorter than
 * the order (the 128-bit coefficients of a batch) take part in the lower windows only.
 *
 * @throws {RangeError} if the lists differ in length or a scalar is not in 0 … order − 1.
 */
export function msm<P extends CurvePoint<bigint, P>>(
  group: CurvePointCons<P>,
  points: readonly P[],
  scalars: readonly bigint[],
): P {
  if (points.length !== scalars.length) throw new RangeError('as many scalars as points are needed')
  if (scalars.some((s) => s < 0n || s >= group.Fn.ORDER)) throw new RangeError('scalar out of range')
  if (points.length <= FEW) return mulAddUnsafe(group, [...points], [...scalars])

  const width = bestWidth(scalars)
  const digits = scalars.map((s) => signedDigits(s, width))
  const windows = Math.max(...new Set(digits.map((d) => d.length)))
  const half = 1 << (width - 1)
  let sum = group.ZERO
  for (let window = windows - 1; window >= 0; window--) {
    for (let i = 0; i < width; i++) sum = sum.double()
    const buckets: (P | undefined)[] = new Array(half + 1).fill(undefined)
    points.forEach((point, i) => {
      const digit = digits[i]?.[window] ?? 0
      if (digit === 0) return
      const at = Math.abs(digit)
      const signed = digit < 0 ? point.negate() : point
      const held = buckets[at]
      buckets[at] = held === undefined ? signed : held.add(signed)
    })
    // Σ k·bucket[k] by running sums, from the highest bucket down.
    let running: P | undefined
    for (let at = half; at > 0; at--) {
      const bucket = buckets[at]
      if (bucket !== undefined) running = running === undefined ? bucket : running.add(bucket)
      if (running !== undefined) sum = sum.add(running)
    }
  }
  return sum
}

/**
 * The window that needs the fewest additions: one per digit of a scalar, 2^(width − 1) · 2 at most per
 * window.
 */
function bestWidth(scalars: readonly bigint[]): number {
  const bits = scalars.reduce((sum, s) => sum + bitLength(s), 0)
  const longest = scalars.reduce((max, s) => Math.max(max, bitLength(s)), 0)
  const cost = (width: number) => bits / width + (longest / width) * 2 ** width
  let best = 3
  for (let width = 4; width <= 15; width++) if (cost(width) < cost(best)) best = width
  return best
}

function bitLength(s: bigint): number {
  return s >> 128n === 0n ? 128 : 256
}

/** s = Σ digit[i]·2^(width·i) with −2^(width−1) < digit ≤ 2^(width−1). */
function signedDigits(s: bigint, width: number): Int16Array {
  const bytes = numberToBytesLE(s, 32)
  const digits = new Int16Array(Math.ceil((bitLength(s) + 1) / width))
  const mask = (1 << width) - 1
  const half = 1 << (width - 1)
  let carry = 0
  for (let i = 0; i < digits.length; i++) {
    const bit = i * width
    const at = bit >> 3
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16)
    let digit = ((word >> (bit & 7)) & mask) + carry
    carry = digit > half ? 1 : 0
    if (carry === 1) digit -= 1 << width
    digits[i] = digit
  }
  return digits
}
