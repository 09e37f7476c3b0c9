import { fromBase64, fromBase64url, fromHex, toBase64, toBase64url, toHex } from '@cista/board'
import { ristretto255 as g } from '@cista/crypto'
import { mutateBytes } from './bytes.js'
import { type Random, chance, oneOf, randomBytes } from './random.js'

const littleEndian = (value: bigint): Uint8Array =>
  Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
const p = 2n ** 255n - 19n

/** 32 bytes that an element, a scalar, a key or a hash must not be, and some that it may. */
const chunks: readonly Uint8Array[] = [
  new Uint8Array(32),
  new Uint8Array(32).fill(255),
  ...[0n, 1n, 2n, 2n ** 255n - 1n, 2n ** 255n, 2n ** 256n - 1n].map(littleEndian),
  ...[0n, 1n, -1n].flatMap((n) => [p + n, g.order + n, 8n * g.order + n].map(littleEndian)),
  g.encode(g.base),
  g.encode(g.negate(g.base)),
  // A point of order 8 of Curve25519, which no strict reader takes.
  fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'),
]

/** Bytes of the same length that something else would take for another value; sometimes of another length. */
export function otherBytes(bytes: Uint8Array, random: Random, other: Uint8Array = bytes): Uint8Array {
  if (chance(random, 6)) return mutateBytes(bytes, random, other)
  if (bytes.length < 32) return randomBytes(random, bytes.length)
  const out = bytes.slice()
  const at = 32 * random.below(Math.floor(bytes.length / 32))
  switch (random.below(5)) {
    case 0:
      out.set(oneOf(random, chunks), at)
      break
    case 1: {
      const from = 32 * random.below(Math.floor(bytes.length / 32))
      out.set(bytes.slice(from, from + 32), at)
      break
    }
    case 2:
      // s and s + order are the same scalar to whoever reduces.
      out.set(littleEndian(fromLittleEndian(bytes.slice(at, at + 32)) + g.order), at)
      break
    case 3:
      out.set(other.length < 32 ? randomBytes(random, 32) : other.slice(0, 32), at)
      break
    default:
      out[random.below(out.length)]! ^= 1 << random.below(8)
  }
  return out
}

const fromLittleEndian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)

const isHex = (text: string): boolean => text.length > 6 && /^(?:[0-9a-f]{2})+$/.test(text)

function decoded(text: string, read: (text: string) => Uint8Array): Uint8Array | undefined {
  try {
    return read(text)
  } catch {
    return undefined
  }
}

/** Another value for a string that stands for bytes; undefined for one that does not. */
export function otherEncoded(text: string, random: Random, other: string): string | undefined {
  const given = (read: (t: string) => Uint8Array) => decoded(other, read) ?? new Uint8Array()
  if (isHex(text)) {
    const bytes = toHex(otherBytes(fromHex(text), random, given(fromHex)))
    return chance(random, 12) ? oneOf(random, [bytes.toUpperCase(), bytes.slice(1), `${bytes}0`]) : bytes
  }
  if (text.length < 8) return undefined
  for (const [read, write, alphabet] of [
    [fromBase64url, toBase64url, 'ABCwxyz_-'],
    [fromBase64, toBase64, 'ABCxyz+/='],
  ] as const) {
    const bytes = decoded(text, read)
    if (bytes === undefined) continue
    const last = () => `${text.slice(0, -1)}${oneOf(random, [...alphabet])}`
    return chance(random, 12)
      ? oneOf(random, [`${text}=`, `${text}==`, text.slice(0, -1), last()])
      : write(otherBytes(bytes, random, given(read)))
  }
  return undefined
}
