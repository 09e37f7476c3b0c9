import { describe, expect, it } from 'vitest'
import {
  MemoryRecord,
  concat,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  emptyFrontier,
  encodeEntry,
  extend,
  limits,
  u16,
  u32,
  writeRecord,
} from '@cista/board'
import { said } from './said.js'

// The formats at their limits and one beyond, and where faults are said to be.

const origin = 'board.example'

describe('entries', () => {
  const draft = {
    kind: 'notice',
    payload: '0'.repeat(64),
    signatures: [{ by: 'administrator-1', proof: 'AA' }],
    size: 5,
  }
  const start = emptyFrontier(origin, 'ab'.repeat(32))
  const { entries } = extend(start, [draft], '2026-01-05T08:00:00Z')
  const [{ entry, bytes }] = entries as [(typeof entries)[0]]
  const of1 = (change: object) => said(() => encodeEntry({ ...entry, ...change }))

  it('carry the signatures that they were given', () => {
    expect(entry.signatures).toEqual(draft.signatures)
    expect(entry.signatures).not.toBe(draft.signatures)
    expect(extend(start, [], '2026-01-05T08:00:00Z')).toEqual({ frontier: start, entries: [], tiles: [] })
  })

  it('are within every limit', () => {
    expect(of1({ index: limits.entries - 1 })).toBe('yes')
    expect(of1({ index: limits.entries })).toBe(`document.index: not between 0 and ${limits.entries - 1}`)
    expect(of1({ kind: 'two-words-more' })).toBe('yes')
    for (const kind of ['', '-', 'two-', 'two-W', 'two--words', 'a1'])
      expect(of1({ kind })).toBe('document.kind: not a kind of entry')
    const one = entry.signatures[0]!
    for (const by of ['trustee-01', 'trustee-1000', 'Trustee', 'a-b'])
      expect(of1({ signatures: [{ ...one, by }] })).toBe(
        'document.signatures[0].by: not a role, or a role and a number',
      )
    expect(of1({ signatures: Array.from({ length: limits.signatures }, () => one) })).toBe('yes')
    expect(of1({ signatures: Array.from({ length: limits.signatures + 1 }, () => one) })).toBe(
      'document.signatures: 257 items instead of at most 256',
    )
  })

  it('are no longer than a frame can say', () => {
    const spaced = (length: number) => concat(bytes, new Uint8Array(length - bytes.length).fill(32))
    expect(said(() => decodeEntry(spaced(limits.entryBytes), 'it'))).toBe('it: not in canonical form')
    expect(said(() => decodeEntry(spaced(limits.entryBytes + 1), 'it'))).toBe('it: longer than 65535 bytes')
  })

  it('of bundles fill their frames', () => {
    const framed = concat(u16(1), Uint8Array.of(7), u16(0))
    expect(decodeEntryBundle(framed, 2, 'it')).toEqual([Uint8Array.of(7), new Uint8Array()])
    expect(said(() => decodeEntryBundle(framed, 3, 'it'))).toBe('it: ends after 2 of 3 items')
    expect(said(() => decodeEntryBundle(framed, 1, 'it'))).toBe('it: 2 bytes after the last of 1 items')
    expect(said(() => decodeEntryBundle(concat(u16(2), Uint8Array.of(7)), 1, 'it'))).toBe(
      'it[0]: 2 bytes announced',
    )
    const huge = new Uint8Array(4 + limits.payloadBytes + 1)
    huge.set(u32(limits.payloadBytes + 1))
    expect(said(() => decodePayloadBundle(huge, 1, 'it'))).toBe(
      `it[0]: ${limits.payloadBytes + 1} bytes announced`,
    )
    huge.set(u32(limits.payloadBytes))
    expect(said(() => decodePayloadBundle(huge.subarray(0, -1), 1, 'it'))).toBe('yes')
  })

  it('have a payload each', () =>
    expect(
      writeRecord(new MemoryRecord(), { entries: [bytes], payloads: [], checkpoint: '' }),
    ).rejects.toThrow(RangeError))
})
