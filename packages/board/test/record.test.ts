import { beforeAll, describe, expect, it } from 'vitest'
import {
  MemoryRecord,
  type PlacedEntry,
  boardKey,
  cosign,
  decodeEntryBundle,
  decodePayloadBundle,
  emptyFrontier,
  extend,
  formatReceipt,
  parseReceipt,
  payloadHash,
  proveConsistency,
  proveInclusion,
  recordPaths,
  rootOf,
  signCheckpoint,
  utf8,
  verifyConsistency,
  verifyInclusion,
  verifyReceipt,
  widthOf,
  witnessKey,
  writeRecord,
} from '@cista/board'

const origin = 'vote.example/2026'
const seed = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const policy = {
  board: boardKey(seed(1), origin),
  witnesses: [witnessKey(seed(2), 'witness.example')],
  quorum: 1,
}

const payloads = Array.from({ length: 66_000 }, (_, i) => utf8(`{"n":${i}}`))
let entries: readonly PlacedEntry[]
beforeAll(() => {
  const drafts = payloads.map((payload) => ({
    kind: 'notice',
    payload: payloadHash(payload),
    size: payload.length,
    signatures: [],
  }))
  entries = extend(emptyFrontier(origin, 'ee'), drafts, '2026-11-23T09:00:00Z').entries
})

const rootAt = (size: number): Uint8Array => rootOf(entries.slice(0, size).map(({ leaf }) => leaf))
const noteAt = (size: number): string =>
  cosign(
    signCheckpoint({ origin, size, root: rootAt(size) }, seed(1), origin),
    seed(2),
    'witness.example',
    1_800_000_000,
  )
async function recordOf(size: number): Promise<MemoryRecord> {
  const record = new MemoryRecord()
  const bytes = entries.slice(0, size).map((e) => e.bytes)
  await writeRecord(record, { entries: bytes, payloads: payloads.slice(0, size), checkpoint: noteAt(size) })
  return record
}

it.each([1, 255, 256, 257, 513])('a record of %i entries has exactly its paths', async (size) => {
  const record = await recordOf(size)
  expect(record.paths().sort()).toEqual(recordPaths(size).sort())
  expect(await record.list()).toEqual(record.paths())
  const paths = recordPaths(size).filter(
    (path) => path.startsWith('tile/entries') || path.startsWith('payloads'),
  )
  for (const [i, path] of paths.entries()) {
    const width = widthOf(0, Math.floor(i / 2), size)
    const decode = path.startsWith('payloads') ? decodePayloadBundle : decodeEntryBundle
    expect(decode((await record.read(path))!, width, path)).toHaveLength(width)
  }
})

describe.each([1, 2, 70, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537])(
  'proofs of %i entries',
  (size) => {
    it('hold for entries and beginnings at every boundary', async () => {
      const record = await recordOf(size)
      const to = { size, root: rootAt(size) }
      const places = [
        0,
        1,
        2,
        69,
        254,
        255,
        256,
        257,
        511,
        512,
        513,
        65_279,
        65_280,
        65_535,
        65_536,
        size - 2,
        size - 1,
      ]
      for (const index of new Set(places.filter((p) => p >= 0 && p < size))) {
        const proof = await proveInclusion(record, index, size)
        expect(verifyInclusion({ leaf: entries[index]!.leaf, index, proof, ...to })).toBe(true)
        const from = { size: index + 1, root: rootAt(index + 1) }
        expect(verifyConsistency({ from, to, proof: await proveConsistency(record, index + 1, size) })).toBe(
          true,
        )
      }
    })
  },
)

it('refuses tiles that are missing or of the wrong length', async () => {
  const record = await recordOf(300)
  await record.write('tile/0/001.p/44', new Uint8Array(32 * 43))
  await expect(proveInclusion(record, 299, 300)).rejects.toThrow(
    'tile/0/001.p/44: 1376 bytes instead of 1408',
  )
  const copy = record.copy()
  record.delete('tile/0/001.p/44')
  await expect(proveConsistency(record, 257, 300)).rejects.toThrow('tile/0/001.p/44: missing')
  expect(copy.paths()).toContain('tile/0/001.p/44')
  await expect(proveInclusion(record, 300, 300)).rejects.toThrow(RangeError)
})

it('keeps its bytes to itself', async () => {
  const record = new MemoryRecord()
  const bytes = utf8('a')
  await record.write('x', bytes)
  bytes[0] = 0
  ;(await record.read('x'))![0] = 0
  expect(await record.read('x')).toEqual(utf8('a'))
  expect(await record.read('y')).toBeUndefined()
})

describe('a receipt', () => {
  const size = 300
  const index = 260
  let text: string
  let bytes: Uint8Array
  beforeAll(async () => {
    const proof = await proveInclusion(await recordOf(size), index, size)
    text = formatReceipt({ index, proof, checkpoint: noteAt(size) })
    bytes = entries[index]!.bytes
  })

  it('proves its entry offline', () => {
    const { entry, checkpoint, cosignatures } = verifyReceipt(bytes, text, policy)
    expect(entry).toEqual(entries[index]!.entry)
    expect(checkpoint).toEqual({ origin, size, root: rootAt(size) })
    expect(cosignatures).toEqual([{ name: 'witness.example', time: 1_800_000_000 }])
    expect(formatReceipt(parseReceipt(text))).toBe(text)
  })

  it('of the only entry of a board has no hashes', () => {
    const only = formatReceipt({ index: 0, proof: [], checkpoint: noteAt(1) })
    expect(verifyReceipt(entries[0]!.bytes, only, policy).entry.index).toBe(0)
  })

  it.each<[string, (text: string) => string, string]>([
    ['another header', (t) => t.replace('@v1', '@v2'), 'not a c2sp.org/tlog-proof@v1'],
    ['an extra line', (t) => t.replace('index', 'extra AAAA\nindex'), 'no index in the second line'],
    ['no index', (t) => t.replace(/index .*\n/, ''), 'no index in the second line'],
    ['a leading zero', (t) => t.replace('index ', 'index 0'), 'not a number'],
    ['another index', (t) => t.replace('index 260', 'index 261'), '261, but the entry says 260'],
    ['CRLF', (t) => t.replaceAll('\n', '\r\n'), 'no blank line'],
    ['a short hash', (t) => t.replace(/(index .*\n)/, '$1AAAA\n'), 'not 32 bytes'],
    ['a hash more', (t) => t.replace(/(index .*\n)(.*\n)/, '$1$2$2'), 'does not lead'],
    ['a hash less', (t) => t.replace(/(index .*\n)(.*\n)/, '$1'), 'does not lead'],
    ['bytes at the end', (t) => `${t}x`, 'no signature line'],
    ['no witness', (t) => t.replace(/— witness.*\n/, ''), 'cosigned by 0 witnesses instead of 1'],
    ['no checkpoint', (t) => t.slice(0, t.indexOf('\n\n') + 2), 'no blank line'],
    ['a blank line more', (t) => t.replace('\n\n', '\n\n\n'), 'not three lines'],
  ])('is refused with %s', (_name, change, why) => {
    expect(change(text)).not.toBe(text)
    expect(() => verifyReceipt(bytes, change(text), policy)).toThrow(why)
  })

  it('proves no other entry', () => {
    expect(() => verifyReceipt(entries[261]!.bytes, text, policy)).toThrow('but the entry says 261')
    const forged = utf8(new TextDecoder().decode(bytes).replace('notice', 'ballot'))
    expect(() => verifyReceipt(forged, text, policy)).toThrow('does not lead')
  })
})
