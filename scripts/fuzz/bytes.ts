import { concat } from '@cista/board'
import { type Random, chance, oneOf, randomBytes } from './random.js'

/** What a mutated input may grow to: more than any limit of a single document but the largest. */
const most = 400_000
const telling = [0, 1, 9, 10, 13, 32, 34, 43, 44, 45, 48, 58, 91, 92, 93, 123, 125, 127, 128, 192, 237, 255]

type Edit = (bytes: Uint8Array, random: Random, other: Uint8Array) => Uint8Array

/** A range of at most `longest` bytes, maybe empty. */
function range(bytes: Uint8Array, random: Random, longest = 64): [from: number, to: number] {
  const from = random.below(bytes.length + 1)
  return [from, Math.min(bytes.length, from + random.below(longest + 1))]
}

const spliced = (bytes: Uint8Array, from: number, to: number, middle: Uint8Array): Uint8Array =>
  concat(bytes.subarray(0, from), middle, bytes.subarray(to))

function changed(bytes: Uint8Array, random: Random, to: (byte: number) => number): Uint8Array {
  if (bytes.length === 0) return Uint8Array.of(random.below(256))
  const copy = bytes.slice()
  const at = random.below(copy.length)
  copy[at] = to(copy[at]!)
  return copy
}

const edits: readonly Edit[] = [
  (bytes, random) => changed(bytes, random, (byte) => byte ^ (1 << random.below(8))),
  (bytes, random) => changed(bytes, random, () => oneOf(random, telling)),
  (bytes, random) => changed(bytes, random, (byte) => byte + 1 + random.below(255)),
  (bytes, random) => {
    const [at] = range(bytes, random)
    return spliced(bytes, at, at, randomBytes(random, 1 + random.below(8)))
  },
  (bytes, random) => {
    const [at] = range(bytes, random)
    return spliced(bytes, at, at, new Uint8Array(1 + random.below(40)).fill(oneOf(random, telling)))
  },
  (bytes, random) => spliced(bytes, ...range(bytes, random), new Uint8Array()),
  (bytes, random) => {
    const [from, to] = range(bytes, random)
    return spliced(bytes, to, to, bytes.subarray(from, to))
  },
  (bytes, random) => bytes.slice(0, random.below(bytes.length + 1)),
  (bytes, random) => bytes.slice(random.below(bytes.length + 1)),
  (bytes, random, other) => {
    const [from, to] = range(other, random, other.length)
    return spliced(bytes, ...range(bytes, random, bytes.length), other.subarray(from, to))
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random)
    const [into] = range(bytes, random)
    return spliced(bytes, into, Math.min(bytes.length, into + to - from), bytes.subarray(from, to))
  },
  (bytes, random) => {
    const [from, to] = range(bytes, random)
    const times = chance(random, 50) ? 2 + random.below(20_000) : 2 + random.below(20)
    const part = bytes.subarray(from, to)
    const room = Math.min(times, Math.floor(most / Math.max(1, part.length)))
    return spliced(bytes, to, to, concat(...Array.from({ length: room }, () => part)))
  },
]

/** Flips, inserts, deletes, duplicates, splices, truncates and repeats, one to four times. */
export function mutateBytes(bytes: Uint8Array, random: Random, other: Uint8Array = bytes): Uint8Array {
  let mutated = bytes
  for (let left = 1 + (chance(random, 3) ? random.below(4) : 0); left > 0; left--)
    mutated = oneOf(random, edits)(mutated, random, other)
  return mutated.length > most ? mutated.slice(0, most) : mutated
}
