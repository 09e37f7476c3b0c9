import { mutateBytes } from './bytes.js'
import { type Random, chance, oneOf } from './random.js'
import { otherEncoded } from './values.js'

/** Characters that look like others, like nothing, turn a line around, or are half of one. */
// biome-ignore format: a table reads better in rows
export const oddities = [
  '\u0000', '\t', '\r', '\n', '\r\n', ' ', '\u00a0', '\u0085', '\u2028', '\u2029', '\ufeff', '\u200b', '\u200d',
  '\u202e', '\u2066', '\u0301', 'e\u0301', '\u00e9', '\u212b', '\ud800', '\udc00', '\u{1f5f3}', '\u{10ffff}', '\ufffd', '"', "'",
  '\\', '\\u0000', '%00', '%ff', '../', '/', '+', '=', '-', '—', '__proto__', 'constructor', 'ß', 'İ', 'ﬁ', '𝟙', '٣',
  ';', ',', ':', '#', '&a', '*a', '!!js', '{', '}', '[', ']', '|', '>', '<<', '~', 'null', 'true', '0', '-1', '1e9',
] as const

// biome-ignore format: a table reads better in rows
const times = [
  '0000-01-01T00:00:00Z', '0000-01-01T00:00:00+23:59', '9999-12-31T23:59:59Z', '9999-12-31T23:59:59-23:59',
  '2026-02-29T00:00:00Z', '2024-02-29T24:00:00Z', '2026-12-31T23:59:60Z', '2026-01-05T09:00:00.000Z', '2026-01-05T09:00:00z',
  '+002026-01-05T09:00:00Z', '1970-01-01T00:00:00Z', '2026-01-05 09:00:00Z', '2026-01-05T09:00Z', '2026-01-05T09:00:00+00:00',
] as const

// biome-ignore format: a table reads better in rows
export const numbers = [
  '0', '-0', '1', '-1', '2', '255', '256', '257', '65535', '65536', '4294967295', '4294967296', '1099511627775',
  '1099511627776', '9007199254740991', '9007199254740992', '-9007199254740993', '18446744073709551616', '1e3', '1E400', '-1e400',
  '1.5', '1.0', '0.1', '1e-7', '01', '+1', '0x10', '1_000', 'NaN', 'Infinity', '99999999999999999999999999',
] as const

/** Another string: encoded bytes, times and numbers as such, else with odd characters put in, cut, doubled or made long. */
export function mutateString(text: string, random: Random, other: string = text): string {
  // Growth upon growth would soon measure the memory of the machine.
  if (text.length > 100_000) return text.slice(0, random.below(1_000))
  if (!chance(random, 8)) {
    const bytes = otherEncoded(text, random, other)
    if (bytes !== undefined) return bytes
    if (/^\d{4}-\d\d-\d\d[T ]/.test(text)) return oneOf(random, times)
    if (/^-?\d{1,18}$/.test(text) && chance(random, 2)) return oneOf(random, numbers)
  }
  const at = random.below(text.length + 1)
  const to = Math.min(text.length, at + random.below(6))
  switch (random.below(8)) {
    case 0:
      return text.slice(0, at) + oneOf(random, oddities) + text.slice(at)
    case 1:
      return text.slice(0, at) + oneOf(random, oddities) + text.slice(to)
    case 2:
      return text.slice(0, at) + text.slice(to)
    case 3:
      return text.slice(0, to) + text.slice(at)
    case 4:
      return oneOf(random, [
        '',
        other,
        text + other.slice(0, 10_000),
        text.toUpperCase(),
        ` ${text}`,
        `${text}\n`,
      ])
    case 5:
      return oneOf(random, [...times, ...numbers])
    case 6:
      return (
        text.slice(0, at) +
        oneOf(random, oddities).repeat(1 + random.below(chance(random, 20) ? 70_000 : 70)) +
        text.slice(at)
      )
    default:
      return text.slice(0, at) + String.fromCodePoint(random.below(0x11_0000)) + text.slice(to)
  }
}

/** Lines left out, doubled, moved, taken from elsewhere, ended otherwise; words inside them changed. */
export function mutateLines(text: string, random: Random, other: string = text): string {
  const lines = text.split('\n')
  const at = random.below(lines.length)
  const line = () => oneOf(random, random.below(2) === 0 ? lines : other.split('\n'))
  switch (random.below(9)) {
    case 0:
      lines.splice(at, 1)
      break
    case 1:
      lines.splice(at, 0, line())
      break
    case 2:
      lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1))
      break
    case 3:
      lines[at] = line()
      break
    case 4: {
      const most = Math.min(
        chance(random, 10) ? 5_000 : 20,
        1 + Math.floor(200_000 / (text.length + other.length)),
      )
      lines.splice(at, 0, ...Array.from({ length: 1 + random.below(most) }, line))
      break
    }
    case 5:
      return lines.join(oneOf(random, ['\r\n', '\r', '\n\n', ' \n', '\u2028']))
    case 6:
      lines.splice(at, 0, oneOf(random, ['', ' ', ...oddities]))
      break
    default:
      lines[at] = mutateWord(lines[at]!, random, line())
  }
  return lines.join('\n')
}

function mutateWord(line: string, random: Random, other: string): string {
  const words = line.split(/([\s,;:+]+)/)
  const at = random.below(words.length)
  words[at] = mutateString(words[at]!, random, oneOf(random, other.split(/[\s,;:+]+/)))
  return words.join('')
}

// A byte order mark stays where it is.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Mutates a text as lines, or its bytes. */
export function mutateText(bytes: Uint8Array, random: Random, other: Uint8Array = bytes): Uint8Array {
  if (chance(random, 5)) return mutateBytes(bytes, random, other)
  let text = decoder.decode(bytes)
  for (let left = 1 + (chance(random, 3) ? random.below(3) : 0); left > 0; left--)
    text = mutateLines(text, random, decoder.decode(other))
  return encodeLoosely(text)
}

/** Unlike `utf8` of the board, which refuses a lone surrogate. */
export const encodeLoosely = (text: string): Uint8Array => new TextEncoder().encode(text)
