import { readFileSync } from 'node:fs'
import type { Element, Group, LinearRelation } from '@cista/crypto'

export const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'))
export const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** A file of vectors made by others. */
export function vectors<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')) as T
}

/** A tag of the form every proof in Cista has. */
export const tag = (context: string, g: Pick<Group, 'suite'>) =>
  `CISTA-V01-test-${context}-DSFS-with-${g.suite}`

/** A copy of `bytes` with one bit flipped. */
export function flipped(bytes: Uint8Array, at: number, bit = 0): Uint8Array {
  const copy = bytes.slice()
  copy[at] = (copy[at] ?? 0) ^ (1 << bit)
  return copy
}

/**
 * The inverse of SerializeLinearRelation: vectors carry relations as bytes; nobody in Cista reads one from
 * outside.
 */
export function parseRelation(g: Group, bytes: Uint8Array): LinearRelation {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 0
  let largest = 0
  const u32 = () => view.getUint32((at += 4) - 4, true)
  const index = () => {
    const n = u32()
    largest = Math.max(largest, n)
    return n
  }
  const weight = () => g.decodeScalar(bytes.subarray(at, (at += g.scalarLength)))
  const list = <T>(item: () => T): T[] => Array.from({ length: u32() }, item)
  const equations = list(() => ({
    image: list(() => [index(), weight()] as const),
    terms: list(() => [u32(), index(), weight()] as const),
  }))
  const elements: Element[] = [g.base]
  for (; at < bytes.length; at += g.elementLength)
    elements.push(g.decode(bytes.subarray(at, at + g.elementLength)))
  if (elements.length !== largest + 1) throw new RangeError('statement of a wrong length')
  return { elements, equations }
}
