import {
  MemoryRecord,
  type RecordSource,
  encodeEntry,
  encodeEntryBundle,
  encodePayloadBundle,
  leafHash,
  rootOf,
  utf8,
  writeRecord,
} from '@cista/board'
import { Simulation } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import { readBundle } from '../src/bundle.js'
import { TileTree } from '../src/tileTree.js'

const s = new Simulation().setUp()
const { definition } = s
const size = s.size
const entries = s.log.map((l) => l.entryBytes)
const payloads = s.log.map((l) => l.bytes)

/** The record of any bytes as entries, and the tree over them. */
async function board(own = entries) {
  const record = new MemoryRecord()
  await writeRecord(record, { entries: own, payloads, checkpoint: '' })
  const root = rootOf(own.map(leafHash))
  const tree = (await TileTree.empty.grown(record, { origin: definition.origin, size, root })).value!
  return { record, tree }
}
const found = async (record: RecordSource, tree: TileTree) => {
  const { value, findings } = await readBundle(record, definition, tree, 0)
  expect(value).toBeUndefined()
  return findings.map(({ code, at }) => `${code} at ${at}`)
}
const replaced = (index: number, bytes: Uint8Array) => entries.map((e, i) => (i === index ? bytes : e))
const rewritten = (index: number, change: object) =>
  replaced(index, encodeEntry({ ...s.log[index]!.entry, ...change }))
const path = { entries: `tile/entries/000.p/${size}`, payloads: `payloads/000.p/${size}` }

describe('a bundle under a verified tree', () => {
  it('gives entries with their payloads and leaves', async () => {
    const { record, tree } = await board()
    const { value, findings, looked } = await readBundle(record, definition, tree, 0)
    expect(findings).toEqual([])
    expect(looked).toBe(size)
    expect(value!.map(({ entry }) => entry)).toEqual(s.log.map(({ entry }) => entry))
    expect(value!.map(({ payload }) => payload)).toEqual(payloads)
    expect(value!.map(({ bytes }) => bytes)).toEqual(entries)
    expect(value![1]!.leaf).toBe(value![2]!.entry.previous)
  })

  it('finds files that are missing or badly framed', async () => {
    for (const file of Object.values(path)) {
      const { record, tree } = await board()
      await record.write(file, Uint8Array.of(0))
      expect(await found(record, tree)).toEqual([`BOARD_FILE at ${file}`])
      record.delete(file)
      expect(await found(record, tree)).toEqual([`BOARD_FILE at ${file}`])
    }
  })

  it('finds entries that the tree does not name', async () => {
    const { record, tree } = await board()
    await record.write(path.entries, encodeEntryBundle(rewritten(2, { batchTime: '2026-01-05T08:00:01Z' })))
    expect(await found(record, tree)).toEqual(['BOARD_TILE at entry 2'])
  })

  it('finds what is no entry, though the tree names it', async () => {
    const { record, tree } = await board(replaced(3, utf8('{}')))
    // The next entry names the one that was in this place before.
    expect(await found(record, tree)).toEqual(['BOARD_ENTRY at entry 3.batchTime', 'BOARD_CHAIN at entry 4'])
  })

  it('finds entries at another place, and not chained', async () => {
    for (const [index, change] of [
      [2, { index: 7 }],
      [0, { previous: '00'.repeat(32) }],
      [2, { previous: '00'.repeat(32) }],
    ] as const) {
      const { record, tree } = await board(rewritten(index, change))
      const all = await found(record, tree)
      expect(all[0]).toBe(`BOARD_CHAIN at entry ${index}`)
      expect(all.slice(1)).toEqual([`BOARD_CHAIN at entry ${index + 1}`])
    }
  })

  it('finds other payloads than entries name, and of other sizes', async () => {
    const { record, tree } = await board()
    const other = payloads.map((p, i) => (i === 1 ? p.map((b) => b ^ 1) : p))
    await record.write(path.payloads, encodePayloadBundle(other))
    expect(await found(record, tree)).toEqual(['BOARD_PAYLOAD at entry 1'])
    await record.write(path.payloads, encodePayloadBundle(payloads.map((p, i) => (i === 1 ? p.slice(1) : p))))
    expect(await found(record, tree)).toEqual(['BOARD_PAYLOAD at entry 1', 'BOARD_PAYLOAD at entry 1'])
  })

  it('is not judged where it cannot be read', async () => {
    const { tree } = await board()
    const broken = { read: () => Promise.reject(new Error('a broken disk')) }
    await expect(readBundle(broken, definition, tree, 0)).rejects.toThrow('a broken disk')
  })
})
