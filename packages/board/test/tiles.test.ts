import { describe, expect, it } from 'vitest'
import {
  decodeEntryBundle,
  decodePayloadBundle,
  decodeTile,
  encodeEntryBundle,
  encodePayloadBundle,
  entriesPath,
  parseRecordPath,
  payloadsPath,
  recordPaths,
  tilePath,
  tilesOf,
  toHex,
  utf8,
} from '@cista/board'

it('writes paths as tlog-tiles does', () => {
  expect(tilePath(0, 1234067)).toBe('tile/0/x001/x234/067')
  expect(tilePath(1, 0, 17)).toBe('tile/1/000.p/17')
  expect(entriesPath(273, 112)).toBe('tile/entries/273.p/112')
  expect(payloadsPath(1000)).toBe('payloads/x001/000')
  for (const bad of [
    () => tilePath(0, -1),
    () => tilePath(0, 0.5),
    () => entriesPath(0, 0),
    () => entriesPath(0, 257),
  ])
    expect(bad).toThrow(RangeError)
})

it('knows the tiles of the example of 70,000 entries', () => {
  const tiles = tilesOf(70_000)
  expect(tiles.filter(({ level }) => level === 0)).toHaveLength(274)
  expect(tiles.filter(({ level, width }) => level > 0 || width < 256)).toEqual([
    { level: 0, index: 273, width: 112 },
    { level: 1, index: 0, width: 256 },
    { level: 1, index: 1, width: 17 },
    { level: 2, index: 0, width: 1 },
  ])
  expect(recordPaths(256)).toEqual([
    'checkpoint',
    'tile/0/000',
    'tile/entries/000',
    'payloads/000',
    'tile/1/000.p/1',
  ])
  expect(recordPaths(0)).toEqual(['checkpoint'])
})

it('reads every path it writes', () => {
  for (const path of recordPaths(70_000)) expect(parseRecordPath(path)).toBeDefined()
  expect(parseRecordPath('tile/0/x001/x234/067.p/9')).toEqual({
    kind: 'tile',
    level: 0,
    index: 1234067,
    width: 9,
  })
  expect(parseRecordPath('tile/entries/000')).toEqual({ kind: 'entries', index: 0, width: 256 })
  expect(parseRecordPath('payloads/x001/000')).toEqual({ kind: 'payloads', index: 1000, width: 256 })
})

it.each([
  'tile/00/000',
  'tile/0/0',
  'tile/0/1000',
  'tile/0/x000/001',
  'tile/0/001/002',
  'tile/0/000.p/0',
  'tile/0/000.p/256',
  'tile/0/000.p/01',
  'tile/0/000.p/',
  'tile/0/000/',
  '/tile/0/000',
  'tile/../checkpoint',
  'checkpoint\n',
  'payloads/00a',
  '',
])('knows no path %j', (path) => {
  expect(parseRecordPath(path)).toBeUndefined()
})

const items = [utf8('a'), utf8(''), utf8('bcd')]
describe.each([
  ['entries', encodeEntryBundle, decodeEntryBundle, '000161' + '0000' + '0003626364'],
  ['payloads', encodePayloadBundle, decodePayloadBundle, '0000000161' + '00000000' + '00000003626364'],
] as const)('a bundle of %s', (_name, encode, decode, hex) => {
  it('frames its items', () => {
    expect(toHex(encode(items))).toBe(hex)
    expect(decode(encode(items), 3, 'bundle')).toEqual(items)
  })
  it('is refused with bytes missing or left over', () => {
    const bytes = encode(items)
    for (let end = 0; end < bytes.length; end++)
      expect(() => decode(bytes.slice(0, end), 3, 'bundle')).toThrow('bundle')
    expect(() => decode(bytes, 2, 'bundle')).toThrow('after the last')
    expect(() => decode(bytes, 4, 'bundle')).toThrow('ends after 3 of 4')
  })
})

it('refuses an entry that its frame cannot hold', () => {
  expect(() => encodeEntryBundle([new Uint8Array(65_536)])).toThrow(RangeError)
  expect(() => decodePayloadBundle(Uint8Array.of(255, 255, 255, 255, 0), 1, 'b')).toThrow('announced')
})

it('refuses a tile of another width', () => {
  expect(decodeTile(new Uint8Array(64), 2, 't')).toHaveLength(2)
  for (const length of [0, 32, 63, 65, 96])
    expect(() => decodeTile(new Uint8Array(length), 2, 't')).toThrow('t: ')
})
