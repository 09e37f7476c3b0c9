/** Where every decision of a mutation comes from. */
export interface Random {
  /** 0 … n − 1; `n` is at least 1. */
  below(n: number): number
}

/** The same decisions for the same seed, name and case: one case can be made again without those before it. */
export function seeded(seed: number, name: string, index: number): Random {
  // sfc32 (Chris Doty-Humphrey's PractRand), its state mixed from all three by MurmurHash3's steps.
  let hash = seed >>> 0
  const mix = (value: number): number => {
    hash = Math.imul(hash ^ Math.imul(value, 0xcc9e2d51), 0x1b873593)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
    return hash
  }
  for (let i = 0; i < name.length; i++) mix(name.charCodeAt(i))
  let [a, b, c, d] = [mix(index % 2 ** 32), mix(Math.floor(index / 2 ** 32)), mix(seed), 1]
  const next = (): number => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) next()
  return { below: (n) => next() % n }
}

/** Decisions from a list that fast-check makes and shrinks; zeros, which mutate least, where it ends. */
export function taped(tape: readonly number[]): Random {
  let at = 0
  return { below: (n) => (tape[at++] ?? 0) % n }
}

export const oneOf = <T>(random: Random, items: readonly T[]): T => items[random.below(items.length)]!
export const chance = (random: Random, oneIn: number): boolean => random.below(oneIn) === oneIn - 1
export const randomBytes = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(256))
