import { expect, it } from 'vitest'
import {
  type Entry,
  decodeEntry,
  encodeEntry,
  fromUtf8,
  genesisHash,
  leafHash,
  sha256,
  toHex,
  utf8,
} from '@cista/board'

const entry: Entry = {
  batchTime: '2026-11-23T09:00:00Z',
  index: 12,
  kind: 'ballot',
  payload: 'ab'.repeat(32),
  previous: 'cd'.repeat(32),
  signatures: [{ by: 'credential', proof: 'AAAA' }],
  size: 2413,
  version: 1,
}

it('is the object of the specification', () => {
  expect(fromUtf8(encodeEntry(entry))).toBe(
    `{"batchTime":"2026-11-23T09:00:00Z","index":12,"kind":"ballot","payload":"${entry.payload}","previous":"${entry.previous}","signatures":[{"by":"credential","proof":"AAAA"}],"size":2413,"version":1}`,
  )
  expect(decodeEntry(encodeEntry(entry), 'entry 12')).toEqual(entry)
})

it.each<[string, Partial<Entry>]>([
  ['signatures[0].by', { signatures: [{ by: 'trustee-0', proof: 'AA' }] }],
  ['signatures[0].by', { signatures: [{ by: 'trustee-01', proof: 'AA' }] }],
  ['signatures[0].by', { signatures: [{ by: 'trustee-1000', proof: 'AA' }] }],
  ['signatures[0].by', { signatures: [{ by: 'Trustee', proof: 'AA' }] }],
  ['signatures[0].proof', { signatures: [{ by: 'trustee-1', proof: 'A'.repeat(172) }] }],
  ['signatures[0].proof', { signatures: [{ by: 'trustee-1', proof: '' }] }],
  ['kind', { kind: 'ballot-' }],
  ['index', { index: -1 }],
  ['index', { index: 2 ** 41 }],
  ['size', { size: 2 ** 25 }],
  ['version', { version: 2 as 1 }],
])('refuses a bad %s', (field, change) => {
  const bytes = utf8(fromUtf8(encodeEntry(entry)))
  const changed = JSON.stringify({ ...(JSON.parse(fromUtf8(bytes)) as object), ...change })
  expect(() => decodeEntry(utf8(changed), 'entry')).toThrow(`entry.${field}: `)
})

it('fits a bundle with as many signatures as it may have', () => {
  const signatures = Array.from({ length: 256 }, () => ({
    by: `${'a'.repeat(36)}-999`,
    proof: 'A'.repeat(170),
  }))
  const bytes = encodeEntry({ ...entry, signatures })
  expect(bytes.length).toBeLessThan(65_536)
  expect(() => decodeEntry(new Uint8Array(65_536), 'entry')).toThrow('longer than')
})

it('hashes leaves and the beginning as written', () => {
  expect(leafHash(utf8('x'))).toEqual(sha256(utf8('\0x')))
  expect(toHex(genesisHash('vote.example/1', 'ee'))).toBe(
    toHex(sha256(utf8('cista/v1 genesis\nvote.example/1\nee'))),
  )
})
