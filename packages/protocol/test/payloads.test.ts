import { DecodeError, fromUtf8, utf8 } from '@cista/board'
import {
  type EntryKind,
  type PayloadOf,
  decodePayload,
  encodePayload,
  entryKinds,
  isEntryKind,
  limits,
  shareFileBytes,
  signers,
} from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { type Changes, contestParts, credentials, grown, hash, zeros } from './support.js'

const growing = grown('open')
const { definition } = growing.course
const { codecs, forms } = definition
const encode = <K extends EntryKind>(kind: K, changes: Changes<K> = {}) =>
  encodePayload(codecs, kind, growing.next(kind, changes).value as PayloadOf<K>)
const optional: Partial<Record<EntryKind, readonly string[]>> = {
  manifest: ['description'],
  'roll-sealed': ['reference'],
}

it('knows the kinds of entry, each with a signer and a limit', () => {
  expect(entryKinds).toHaveLength(22)
  expect(Object.keys(codecs).toSorted()).toEqual(entryKinds.toSorted())
  expect(Object.keys(signers).toSorted()).toEqual(entryKinds.toSorted())
  expect(entryKinds.every(isEntryKind)).toBe(true)
  expect(['Ballot', 'toString', '__proto__', ''].some(isEntryKind)).toBe(false)
})

describe.each(entryKinds)('%s', (kind) => {
  const bytes = encode(kind)
  const value = growing.next(kind).value
  const decode = (json: unknown) => decodePayload(codecs, kind, utf8(JSON.stringify(json)))
  const json = JSON.parse(fromUtf8(bytes)) as Record<string, unknown>

  it('comes back as it was', () => {
    expect(decodePayload(codecs, kind, bytes)).toEqual(value)
    expect(encodePayload(codecs, kind, decodePayload(codecs, kind, bytes))).toEqual(bytes)
  })

  it('has no unknown field', () => {
    expect(() => decode({ ...json, zeta: 1 })).toThrow(`${kind}: unknown field "zeta"`)
  })

  it('has every field, none of them null or of another type', () => {
    for (const field of Object.keys(json)) {
      if (optional[kind]?.includes(field)) continue
      const { [field]: was, ...rest } = json
      expect(() => decode(rest)).toThrow(`${kind}.${field}: missing`)
      for (const other of [null, typeof was === 'string' ? 1 : 'one', [[]]])
        expect(() => decode({ ...json, [field]: other })).toThrow(DecodeError)
    }
  })

  it('is canonical', () => {
    const text = fromUtf8(bytes)
    const reversed = JSON.stringify(Object.fromEntries(Object.entries(json).toReversed()))
    for (const other of [
      ` ${text}`,
      `${text}\n`,
      text.replace('{', '{ '),
      ...(reversed === text ? [] : [reversed]),
    ])
      expect(() => decodePayload(codecs, kind, utf8(other))).toThrow(`${kind}: not in canonical form`)
    expect(() => decodePayload(codecs, kind, utf8(text.slice(0, -1)))).toThrow(`${kind}: not JSON`)
  })

  it('stays within its limit', () => {
    const long = new Uint8Array(limits.payloadBytes[kind] + 1).fill(0x20)
    expect(() => decodePayload(codecs, kind, long)).toThrow(/ bytes, at most \d+ are allowed$/)
  })

  it('has a sequence where an authority signs, and only there', () => {
    const authority = kind !== 'manifest' && !['derived', 'credential'].includes(signers[kind])
    expect('sequence' in value).toBe(authority)
    if (!authority) return
    for (const sequence of [-1, 0.5, limits.sequence + 1])
      expect(() => decode({ ...json, sequence })).toThrow(`${kind}.sequence: not `)
  })
})

describe('lengths that the manifest fixes', () => {
  const full = contestParts(forms)
  const ballot = (changes: Changes<'ballot'>) => () => encode('ballot', changes)
  const [first, ...others] = full
  it.each<[what: string, work: () => unknown, message: RegExp]>([
    [
      'commitments',
      () => encode('trustee-dealt', { commitments: zeros(32 * 3) }),
      /commitments: 96 bytes instead of 64/,
    ],
    ['dealer’s proof', () => encode('trustee-dealt', { proof: zeros(64) }), /proof: 64 bytes instead of 128/],
    [
      'a share too few',
      () => encode('trustee-dealt', { shares: [zeros(shareFileBytes)] }),
      /shares: 1 items/,
    ],
    [
      'a share too long',
      () => encode('trustee-dealt', { shares: [0, 0, 1].map((n) => zeros(shareFileBytes + n)) }),
      /shares\[2\]: /,
    ],
    ['a trustee beyond the last', () => encode('trustee-joined', { index: 4 }), /index: not between 1 and 3/],
    ['a trustee zero', () => encode('trustee-confirmed', { index: 0 }), /index: not between 1 and 3/],
    [
      'an accused beyond the last',
      () => encode('trustee-complained', { accused: 4 }),
      /accused: not between/,
    ],
    ['verification keys', () => encode('opened', { trustees: [hash('a')] }), /trustees: 1 items/],
    ['units of a tally', () => encode('tallied', { units: [] }), /units: 0 items/],
    ['units of a result', () => encode('result', { units: [] }), /units: 0 items/],
    ['an attempt zero', () => encode('trustee-joined', { attempt: 0 }), /attempt: not between/],
    [
      'ciphertexts too short',
      ballot({ contests: [{ ...first!, ciphertexts: zeros(64 * 4) }, ...others] }),
      /contests\[0\]\.ciphertexts of a wrong length/,
    ],
    [
      'a proof too short',
      ballot({ contests: [{ ...first!, proof: zeros(224 * 5) }, ...others] }),
      /contests\[0\]\.proof of a wrong length/,
    ],
    [
      'ciphertexts longer than any',
      ballot({ contests: [{ ...first!, ciphertexts: zeros(64 * 12) }, ...others] }),
      /contests\[0\]\.ciphertexts: 768 bytes instead of 0 to 704/,
    ],
    ['contests in another order', ballot({ contests: full.toReversed() }), /wrong length/],
    ['a contest too few', ballot({ contests: full.slice(0, 2) }), /2 contests instead of 3/],
    ['contests of another style', ballot({ style: 'short' }), /3 contests instead of 1/],
    ['an unknown style', ballot({ style: 'tall' }), /no ballot style “tall”/],
    ['another election', ballot({ election: hash('other') }), /election: not "/],
    ['a credential in capitals', ballot({ credential: 'A'.repeat(64) }), /credential: not lower-case/],
  ])('%s', (_, work, message) => {
    expect(work).toThrow(DecodeError)
    expect(work).toThrow(message)
  })

  it('take a ballot of each style', () => {
    encode('ballot')
    encode('ballot', { style: 'short', contests: [first!] })
  })
})

it('a payload may be as long as its kind’s limit, and no longer', () => {
  const max = limits.payloadBytes.notice
  const frame = encode('notice', { text: 'x' }).length - 1
  const longest = encode('notice', { text: 'x'.repeat(max - frame) })
  expect(longest).toHaveLength(max)
  expect(decodePayload(codecs, 'notice', longest)).toMatchObject({ sequence: 0 })
  expect(() => encode('notice', { text: 'x'.repeat(max - frame + 1) })).toThrow(
    `notice: ${max + 1} bytes, at most ${max} are allowed`,
  )
})

describe('texts and keys of others', () => {
  it.each<[what: string, work: () => unknown]>([
    ['a recipient that is none', () => encode('trustee-joined', { recipient: `age1${'b'.repeat(58)}` })],
    ['a recipient in capitals', () => encode('trustee-joined', { recipient: `AGE1${'Q'.repeat(58)}` })],
    ['an identity that is none', () => encode('trustee-complained', { identity: 'AGE-SECRET-KEY-1' })],
    ['an empty reason', () => encode('aborted', { reason: '' })],
    ['a reason too long', () => encode('aborted', { reason: 'x'.repeat(limits.reasonBytes + 1) })],
    ['a reason that changes direction', () => encode('aborted', { reason: 'no\u202eyes' })],
    ['a closing time that is no date', () => encode('extended', { closes: '2026-02-30T00:00:00Z' })],
    ['too large a chunk', () => encode('roll', { credentials: tooMany })],
    ['an empty chunk', () => encode('roll', { credentials: [] })],
    [
      'a weight of nothing',
      () => encode('roll', { credentials: [{ key: credentials[0]!, style: 'full', weight: 0 }] }),
    ],
    [
      'a page’s file with an absolute path',
      () => encode('page-changed', { page: { '/index.html': hash('x') } }),
    ],
  ])('%s', (_, work) => {
    expect(work).toThrow(DecodeError)
  })

  it('several lines are fine in prose', () => {
    encode('notice', { text: 'Hall B\nis open' })
    encode('roll-sealed', { reference: 'The register of 1 October,\nsheet 3' })
  })
})

const tooMany = Array.from({ length: limits.rollChunk + 1 }, (_, i) => ({
  key: hash(`${i}`),
  style: 'full',
  weight: 1,
}))
