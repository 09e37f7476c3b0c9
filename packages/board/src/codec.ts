// Specification: 02 Canonical JSON · 02 Times · 02 Texts
import canonicalize from 'canonicalize'
import { fromUtf8, hasLoneSurrogate, utf8 } from './bytes.js'

/** The bytes say nothing. The message is `<path>: <why>`, as in `manifest.trustees[2].name: not a string`. */
export class DecodeError extends Error {
  readonly path: string
  readonly why: string

  constructor(path: string, why: string) {
    super(`${path}: ${why}`)
    this.name = 'DecodeError'
    this.path = path
    this.why = why
  }
}

/**
 * One declaration gives a type (`Of`), an encoder and a strict decoder. Both sides are JSON values.
 * `decode` throws DecodeError for every value but the one form that `encode` gives.
 */
export interface Codec<T> {
  decode(value: unknown, path: string): T
  encode(value: T): unknown
}
export type Of<C> = C extends Codec<infer T> ? T : never

const same = <T>(decode: (value: unknown, path: string) => T): Codec<T> => ({
  decode,
  encode: (value) => value,
})

function fail(path: string, why: string): never {
  throw new DecodeError(path, why)
}

function decodeString(value: unknown, path: string): string {
  if (typeof value !== 'string') fail(path, 'not a string')
  if (hasLoneSurrogate(value)) fail(path, 'lone surrogate')
  return value
}

/** A string of minBytes…maxBytes bytes of UTF-8. */
export const text = (maxBytes: number, minBytes = 0): Codec<string> =>
  same((value, path) => {
    const string = decodeString(value, path)
    if (string.length > maxBytes || utf8(string).length > maxBytes)
      fail(path, `longer than ${maxBytes} bytes`)
    if (utf8(string).length < minBytes)
      fail(path, minBytes === 1 ? 'empty' : `shorter than ${minBytes} bytes`)
    return string
  })

/** An integer, min…max inclusive; both must be safe integers. */
export const integer = (min: number, max: number): Codec<number> =>
  same((value, path) => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || Object.is(value, -0))
      fail(path, 'not an integer')
    if (value < min || value > max) fail(path, `not between ${min} and ${max}`)
    return value
  })

export const boolean: Codec<boolean> = same((value, path) =>
  typeof value === 'boolean' ? value : fail(path, 'neither true nor false'),
)

export const literal = <const T extends string | number | boolean | null>(expected: T): Codec<T> =>
  same((value, path) =>
    Object.is(value, expected) ? expected : fail(path, `not ${JSON.stringify(expected)}`),
  )

export const choice = <const T extends readonly string[]>(...allowed: T): Codec<T[number]> =>
  same((value, path) => allowed.find((a) => a === value) ?? fail(path, `not one of ${allowed.join(', ')}`))

/** A string that `regex` matches from end to end, of at most `maxLength` UTF-16 units; `description` completes "not …". */
export const pattern = (regex: RegExp, description: string, maxLength: number): Codec<string> => {
  const whole = new RegExp(`^(?:${regex.source})$`, regex.flags.replace(/[gmy]/g, ''))
  return same((value, path) => {
    const string = decodeString(value, path)
    if (string.length > maxLength) fail(path, `longer than ${maxLength} characters`)
    return whole.test(string) ? string : fail(path, `not ${description}`)
  })
}

/** Lower-case hexadecimal of exactly `bytes` bytes, as a string. */
export const hex = (bytes: number): Codec<string> =>
  same((value, path) => {
    if (typeof value !== 'string' || value.length !== 2 * bytes)
      fail(path, `not ${2 * bytes} hexadecimal digits`)
    return /^[0-9a-f]*$/.test(value) ? value : fail(path, 'not lower-case hexadecimal')
  })

/** Unpadded canonical base64url (RFC 4648 §5) of exactly `size`, or min…max, bytes, as a string. */
export const base64url = (size: number | { readonly min?: number; readonly max: number }): Codec<string> => {
  const { min = 0, max } = typeof size === 'number' ? { min: size, max: size } : size
  return same((value, path) => {
    if (typeof value !== 'string') fail(path, 'not a string')
    const bytes = Math.floor((value.length * 3) / 4)
    if (bytes < min || bytes > max)
      fail(path, `${bytes} bytes instead of ${min === max ? max : `${min} to ${max}`}`)
    const tail = value.length % 4
    if (tail === 1 || !/^[\w-]*$/.test(value)) fail(path, 'not base64url')
    // Two last digits carry one byte and four zero bits, three carry two bytes and two zero bits.
    if ((tail === 2 && !/[AQgw]$/.test(value)) || (tail === 3 && !/[AEIMQUYcgkosw048]$/.test(value)))
      fail(path, 'not canonical base64url')
    return value
  })
}

/** 9999-12-31T23:59:59Z, in seconds since 1970: the last one that `timestamp` can write. */
export const lastTime = 253_402_300_799

/** RFC 3339 in UTC with whole seconds, `2026-11-23T09:00:00Z`; real dates from 1970 on. Such strings sort by time. */
export const timestamp: Codec<string> = same((value, path) => {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value))
    fail(path, 'not a time like 2026-11-23T09:00:00Z')
  const time = Date.parse(value)
  if (!(time >= 0) || toTimestamp(time / 1000) !== value) fail(path, 'not a real date and time since 1970')
  return value
})

/** Seconds since 1970 of a timestamp that has been decoded. */
export const fromTimestamp = (time: string): number => Date.parse(time) / 1000

/** @param seconds whole seconds since 1970. */
export const toTimestamp = (seconds: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`

export const list = <T>(
  item: Codec<T>,
  { min = 0, max = Infinity }: { min?: number; max?: number } = {},
): Codec<T[]> => ({
  decode(value, path) {
    if (!Array.isArray(value)) fail(path, 'not a list')
    checkCount(value.length, min, max, path)
    return Array.from(value, (v: unknown, i) => item.decode(v, `${path}[${i}]`))
  },
  encode: (value) => value.map((v) => item.encode(v)),
})

function checkCount(count: number, min: number, max: number, path: string): void {
  if (count < min) fail(path, `${count} items instead of at least ${min}`)
  if (count > max) fail(path, `${count} items instead of at most ${max}`)
}

export const nullable = <T>(codec: Codec<T>): Codec<T | null> => ({
  decode: (value, path) => (value === null ? null : codec.decode(value, path)),
  encode: (value) => (value === null ? null : codec.encode(value)),
})

/** A field that may be absent; never null, never undefined. */
export interface Optional<T> {
  readonly optional: Codec<T>
}
export const optional = <T>(codec: Codec<T>): Optional<T> => ({ optional: codec })

type Fields = Readonly<Record<string, Codec<unknown> | Optional<unknown>>>
type Flat<T> = { [K in keyof T]: T[K] }
type OptionalKeys<F> = { [K in keyof F]: F[K] extends Optional<unknown> ? K : never }[keyof F]
export type ObjectOf<F> = Flat<
  { [K in Exclude<keyof F, OptionalKeys<F>>]: Of<F[K]> } & {
    [K in OptionalKeys<F>]?: F[K] extends Optional<infer T> ? T : never
  }
>

function decodeKeyed(value: unknown, path: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, 'not an object')
  return value as Record<string, unknown>
}

/** Exactly these fields, save absent optional ones. */
export function object<const F extends Fields>(fields: F): Codec<ObjectOf<F>> {
  const known = Object.entries(fields).map(([key, field]) =>
    'optional' in field
      ? { key, codec: field.optional, required: false }
      : { key, codec: field, required: true },
  )
  return {
    decode(value, path) {
      const source = decodeKeyed(value, path)
      const out: Record<string, unknown> = {}
      for (const { key, codec, required } of known) {
        if (Object.hasOwn(source, key)) out[key] = codec.decode(source[key], `${path}.${key}`)
        else if (required) fail(`${path}.${key}`, 'missing')
      }
      for (const key of Object.keys(source))
        if (!Object.hasOwn(fields, key)) fail(path, `unknown field ${JSON.stringify(key)}`)
      return out as ObjectOf<F>
    },
    encode(value) {
      const source = value as Record<string, unknown>
      const out: Record<string, unknown> = { ...source }
      for (const { key, codec } of known) if (Object.hasOwn(source, key)) out[key] = codec.encode(source[key])
      return out
    },
  }
}

export type TaggedOf<K extends string, V> = {
  [N in keyof V & string]: Flat<{ [T in K]: N } & Of<V[N]>>
}[keyof V & string]

/** A union of objects told apart by the field `tag`; the variants declare their other fields only. */
export function tagged<const K extends string, const V extends Readonly<Record<string, Codec<object>>>>(
  tag: K,
  variants: V,
): Codec<TaggedOf<K, V>> {
  const variant = (name: unknown): Codec<object> | undefined =>
    typeof name === 'string' && Object.hasOwn(variants, name) ? variants[name] : undefined
  return {
    decode(value, path) {
      const { [tag]: name, ...rest } = decodeKeyed(value, path)
      const codec = variant(name) ?? fail(`${path}.${tag}`, `not one of ${Object.keys(variants).join(', ')}`)
      return { [tag]: name, ...codec.decode(rest, path) } as TaggedOf<K, V>
    },
    encode(value) {
      const { [tag]: name, ...rest } = value as Record<string, unknown>
      const codec = variant(name)
      return codec === undefined ? value : { [tag]: name, ...(codec.encode(rest) as object) }
    },
  }
}

/** A map with string keys. */
export const record = <T>(
  key: Codec<string>,
  item: Codec<T>,
  { min = 0, max = Infinity }: { min?: number; max?: number } = {},
): Codec<Record<string, T>> => ({
  decode(value, path) {
    const entries = Object.entries(decodeKeyed(value, path))
    checkCount(entries.length, min, max, path)
    const out: Record<string, T> = {}
    for (const [k, v] of entries) {
      // Assigning this key would set the prototype and lose the value.
      if (k === '__proto__') fail(path, 'a key that JavaScript cannot hold safely')
      out[key.decode(k, `${path} key`)] = item.decode(v, `${path}.${k}`)
    }
    return out
  },
  encode: (value) => Object.fromEntries(Object.entries(value).map(([k, v]) => [k, item.encode(v)])),
})

/** `codec` and a rule on top: `fault` says what is wrong, or undefined. */
export const refine = <T>(codec: Codec<T>, fault: (value: T) => string | undefined): Codec<T> => ({
  decode(value, path) {
    const decoded = codec.decode(value, path)
    const why = fault(decoded)
    return why === undefined ? decoded : fail(path, why)
  },
  encode: (value) => codec.encode(value),
})

/** Canonical JSON (RFC 8785). @throws {DecodeError} if the value is not one that decodes. */
export function encodeDocument<T>(codec: Codec<T>, value: T): Uint8Array {
  // Values have the shape of their JSON, so that what would not decode is known before it is encoded.
  codec.decode(value, 'document')
  return utf8(canonicalize(codec.encode(value))!)
}

/** @throws {DecodeError} on anything but well-formed UTF-8 without a byte order mark. */
export function decodeText(bytes: Uint8Array, path: string): string {
  try {
    return fromUtf8(bytes)
  } catch (error) {
    throw new DecodeError(path, (error as Error).message)
  }
}

/** @param name starts the path of every error. @throws {DecodeError} unless `encodeDocument` gives just these bytes. */
export function decodeDocument<T>(codec: Codec<T>, bytes: Uint8Array, name: string): T {
  let source: string
  let json: unknown
  try {
    source = fromUtf8(bytes)
    json = JSON.parse(source)
  } catch (error) {
    throw new DecodeError(name, error instanceof RangeError ? error.message : 'not JSON')
  }
  const value = codec.decode(json, name)
  // Equal texts are equal bytes, since fatal decoding loses nothing. This refuses duplicate keys, 1e3, spaces, escapes.
  if (canonicalize(codec.encode(value)) !== source) throw new DecodeError(name, 'not in canonical form')
  return value
}
