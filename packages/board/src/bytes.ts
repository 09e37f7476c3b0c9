// Specification: 02 Bytes in text · 02 Times
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js'
import { textDecoder, textEncoder } from './host.js'

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}

/** Not constant-time: for public bytes only. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

export function toHex(bytes: Uint8Array): string {
  return bytesToHex(bytes)
}

/** @throws {RangeError} unless `text` is an even number of lower-case hexadecimal digits. */
export function fromHex(text: string): Uint8Array {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) throw new RangeError('not lower-case hexadecimal')
  return hexToBytes(text)
}

interface Base64 {
  readonly digits: Uint8Array
  /** Value of each byte as a digit; 64 for a byte that is none. */
  readonly values: Uint8Array
}

function base64(lastTwo: string): Base64 {
  const alphabet = `ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789${lastTwo}`
  const digits = textEncoder.encode(alphabet)
  const values = new Uint8Array(256).fill(64)
  digits.forEach((digit, value) => {
    values[digit] = value
  })
  return { digits, values }
}

const standard = base64('+/')
const urlSafe = base64('-_')

function encode64({ digits }: Base64, bytes: Uint8Array): string {
  const out = new Uint8Array(Math.ceil((bytes.length * 4) / 3))
  for (let i = 0, at = 0; i < bytes.length; i += 3) {
    const word = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0)
    // Writes past the end of a typed array are dropped, which ends the last group where it should end.
    out[at++] = digits[word >> 18]!
    out[at++] = digits[(word >> 12) & 63]!
    out[at++] = digits[(word >> 6) & 63]!
    out[at++] = digits[word & 63]!
  }
  return textDecoder.decode(out)
}

function decode64({ values }: Base64, text: string): Uint8Array {
  const source = textEncoder.encode(text)
  if (source.length % 4 === 1) throw new RangeError('not base64: impossible length')
  const out = new Uint8Array(Math.floor((source.length * 3) / 4))
  let bad = 0
  let word = 0
  for (let i = 0, at = 0; i < source.length; i += 4) {
    const a = values[source[i]!]!
    const b = values[source[i + 1]!]!
    const c = i + 2 < source.length ? values[source[i + 2]!]! : 0
    const d = i + 3 < source.length ? values[source[i + 3]!]! : 0
    bad |= a | b | c | d
    word = (a << 18) | (b << 12) | (c << 6) | d
    out[at++] = word >> 16
    out[at++] = word >> 8
    out[at++] = word
  }
  if (bad > 63) throw new RangeError('not base64: a character outside the alphabet')
  const unused = source.length % 4 === 2 ? 0xffff : source.length % 4 === 3 ? 0xff : 0
  if ((word & unused) !== 0) throw new RangeError('not canonical base64: unused bits are set')
  return out
}

/** RFC 4648 §5, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  return encode64(urlSafe, bytes)
}

/** @throws {RangeError} unless `text` is what `toBase64url` gives for some bytes. */
export function fromBase64url(text: string): Uint8Array {
  return decode64(urlSafe, text)
}

/** RFC 4648 §4, padded. */
export function toBase64(bytes: Uint8Array): string {
  const text = encode64(standard, bytes)
  return text.padEnd(Math.ceil(text.length / 4) * 4, '=')
}

/** @throws {RangeError} unless `text` is what `toBase64` gives for some bytes. */
export function fromBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) throw new RangeError('not base64: wrong padding')
  // In whole groups the digits leave room for one length of padding; a sign too many is no digit.
  return decode64(standard, text.replace(/={1,2}$/, ''))
}

const loneSurrogate = /[\ud800-\udfff]/u

export function hasLoneSurrogate(text: string): boolean {
  return loneSurrogate.test(text)
}

/** @throws {RangeError} on a lone surrogate, which UTF-8 cannot express and TextEncoder would silently replace. */
export function utf8(text: string): Uint8Array {
  if (hasLoneSurrogate(text)) throw new RangeError('lone surrogate')
  return textEncoder.encode(text)
}

/** @throws {RangeError} on anything but well-formed UTF-8 without a byte order mark. */
export function fromUtf8(bytes: Uint8Array): string {
  let text
  try {
    text = textDecoder.decode(bytes)
  } catch {
    throw new RangeError('not UTF-8')
  }
  if (text.startsWith('\ufeff')) throw new RangeError('starts with a byte order mark')
  return text
}

function bigEndian(value: number, length: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** length)
    throw new RangeError(`${value} does not fit in ${length} bytes`)
  const out = new Uint8Array(length)
  for (let i = length - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest % 256
  return out
}

function readBigEndian(bytes: Uint8Array, offset: number, length: number): number {
  if (offset < 0 || offset + length > bytes.length) throw new RangeError('ends too early')
  let value = 0
  for (let i = offset; i < offset + length; i++) value = value * 256 + bytes[i]!
  if (!Number.isSafeInteger(value)) throw new RangeError('beyond 2^53')
  return value
}

/** Big-endian, as in TLS (RFC 8446 §3.3). @throws {RangeError} if the value does not fit. */
export const u16 = (value: number): Uint8Array => bigEndian(value, 2)
export const u32 = (value: number): Uint8Array => bigEndian(value, 4)
/** Values up to 2^53 − 1. */
export const u64 = (value: number): Uint8Array => bigEndian(value, 8)
/** @throws {RangeError} if the bytes end too early. */
export const readU16 = (bytes: Uint8Array, offset: number): number => readBigEndian(bytes, offset, 2)
export const readU32 = (bytes: Uint8Array, offset: number): number => readBigEndian(bytes, offset, 4)
/** @throws {RangeError} also for a value beyond 2^53 − 1. */
export const readU64 = (bytes: Uint8Array, offset: number): number => readBigEndian(bytes, offset, 8)
