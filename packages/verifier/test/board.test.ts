import {
  type MemoryRecord,
  type RecordSource,
  entriesPath,
  fromUtf8,
  hashTiles,
  leafHash,
  rootOf,
  signCheckpoint,
  utf8,
  writeRecord,
  MemoryRecord as Memory,
} from '@cista/board'
import { Simulation } from '@cista/testkit'
import { type CheckId, type ExamineOptions, RecordUnavailable, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const failed = async (record: RecordSource, id: CheckId, options: ExamineOptions = {}) => {
  const report = await verifyRecord(record, options)
  return report.checks.find((check) => check.id === id)!.findings.map(({ code, at }) => `${code} at ${at}`)
}
const read = (
  record: MemoryRecord,
  change: (path: string) => Promise<Uint8Array | undefined> | undefined,
) => ({
  read: (path: string) => change(path) ?? record.read(path),
})

const s = new Simulation().setUp()
const early = s.checkpoint()
s.cast(0, { question: { kind: 'selection', selected: ['yes'] } })
const record = await s.record()

describe('a record that is not there', () => {
  it('is no verdict about an election', () =>
    expect(verifyRecord(new Memory())).rejects.toEqual(
      expect.toSatisfy(
        (error: unknown) => error instanceof RecordUnavailable && error.name === 'RecordUnavailable',
      ),
    ))

  it('is no verdict where a file cannot be read', async () => {
    for (const path of record.paths()) {
      const broken = read(record, (asked) =>
        asked === path ? Promise.reject(new Error('a broken disk')) : undefined,
      )
      await expect(verifyRecord(broken)).rejects.toThrow('a broken disk')
    }
  })

  it('is told at the checkpoint where a board is empty', async () => {
    const { origin } = s.definition
    const note = signCheckpoint({ origin, size: 0, root: rootOf([]) }, s.keys.board, origin)
    const empty = new Memory([['checkpoint', utf8(note)]])
    expect(await failed(empty, 'V1')).toEqual(['MANIFEST_MISSING at checkpoint'])
  })
})

describe('an earlier checkpoint', () => {
  it('of fewer entries, or as many, is of the same history', async () => {
    for (const earlier of [early, s.checkpoint()]) expect(await failed(record, 'V2', { earlier })).toEqual([])
  })

  it('of more entries says that some are gone', async () => {
    const later = new Simulation().setUp()
    const before = await later.record()
    const options = { earlier: later.post('notice', { text: 'News' }).checkpoint() }
    expect(await failed(before, 'V2', options)).toEqual(['BOARD_EARLIER at earlier checkpoint'])
  })

  it('that is none, or another board’s, is told', async () => {
    const other = new Simulation({ seed: 'other' }).setUp()
    for (const earlier of ['', 'nonsense', other.checkpoint()])
      expect(await failed(record, 'V2', { earlier })).toEqual([
        expect.stringMatching(/^BOARD_EARLIER at earlier checkpoint/),
      ])
  })
})

describe('files', () => {
  it('that do not belong to the record are told, in order', async () => {
    const more = new Memory()
    for (const path of record.paths()) await more.write(path, (await record.read(path))!)
    for (const path of ['b.txt', 'tile/9/000', 'a.txt']) await more.write(path, utf8('x'))
    expect(await failed(more, 'V2')).toEqual(
      ['a.txt', 'b.txt', 'tile/9/000'].map((path) => `BOARD_STRAY at ${path}`),
    )
  })

  it('that nobody can list may be there', async () => {
    const unlisted = read(record, () => undefined)
    expect((await verifyRecord(unlisted)).checks).toEqual((await verifyRecord(record)).checks)
  })

  it('that are missing are told, and no more than that', async () => {
    const bundle = entriesPath(0, s.size)
    const payloads = bundle.replace(/^tile\/entries/, 'payloads')
    for (const [path, code] of [
      [bundle, 'MANIFEST_MISSING'],
      [payloads, 'MANIFEST_MISSING'],
    ] as const)
      expect(
        await failed(
          read(record, (p) => (p === path ? Promise.resolve(undefined) : undefined)),
          'V1',
        ),
      ).toEqual([`${code} at ${path}`])
  })
})

describe('entries', () => {
  it('that are not what they say are told by themselves, without what follows from it', async () => {
    const entries = s.log.map(({ entryBytes }) => entryBytes)
    const text = fromUtf8(entries[3]!)
    const edited = async (...changed: string[]) => {
      const files = new Memory()
      await writeRecord(files, {
        entries: [...entries.slice(0, 3), ...changed.map(utf8), ...entries.slice(3 + changed.length)],
        payloads: s.log.map(({ bytes }) => bytes),
        checkpoint: s.checkpoint(),
      })
      return failed(files, 'V2')
    }
    const { entry } = s.log[3]!
    expect(await edited(text.replace(`"index":3`, `"index":4`))).toEqual([
      'BOARD_CHAIN at entry 3',
      'BOARD_CHAIN at entry 4',
    ])
    expect(await edited(text.replace(`"size":${entry.size}`, `"size":${entry.size + 1}`))).toEqual([
      'BOARD_PAYLOAD at entry 3',
      'BOARD_CHAIN at entry 4',
    ])
    expect(await edited(text.replace(entry.payload, '0'.repeat(64)))).toEqual([
      'BOARD_PAYLOAD at entry 3',
      'BOARD_CHAIN at entry 4',
    ])
    expect(await edited(`${text} `)).toEqual([
      expect.stringMatching(/^BOARD_ENTRY at entry 3/),
      'BOARD_CHAIN at entry 4',
    ])
  })

  it('fill whole tiles', async () => {
    const whole = new Simulation()
    while (whole.size < 256) whole.post('notice', { text: `Notice ${whole.size}` })
    const full = await whole.record()
    expect(full.paths()).toContain('tile/entries/000')
    const report = await verifyRecord(full)
    expect(report.checks.slice(0, 3).map(({ status, looked }) => [status, looked])).toEqual([
      ['passed', 1],
      ['passed', 256],
      ['passed', 256],
    ])
    const tiles = hashTiles(whole.log.map(({ entryBytes }) => leafHash(entryBytes)))
    expect(tiles.map(({ level }) => level)).toEqual([0, 1])
    // The first entry of the next bundle: either half of it may be missing.
    const longer = await whole.post('notice', { text: 'One more' }).record()
    for (const path of ['tile/entries/001.p/1', 'payloads/001.p/1'])
      expect(
        await failed(
          read(longer, (p) => (p === path ? Promise.resolve(undefined) : undefined)),
          'V2',
        ),
      ).toEqual([`BOARD_FILE at ${path}`])
  })

  it('in the manifest’s place are told there', async () => {
    const bytes = utf8('{}')
    const files = new Memory()
    await writeRecord(files, {
      entries: [bytes],
      payloads: [s.manifest],
      checkpoint: s.checkpoint().replace(/\n\d+\n/, '\n1\n'),
    })
    expect(await failed(files, 'V1')).toEqual([expect.stringMatching(/^MANIFEST_MISSING at entry 0/)])
  })
})

describe('the manifest’s bundle', () => {
  it('that is cut short is told as what it is', async () => {
    const path = entriesPath(0, s.size)
    const cut = read(record, (p) => (p === path ? record.read(p).then((b) => b!.subarray(0, 20)) : undefined))
    expect(await failed(cut, 'V1')).toEqual([
      expect.stringMatching(new RegExp(`^MANIFEST_MISSING at ${path}`)),
    ])
  })
})

it('a result stands for the units that were tallied, as they were', async () => {
  const withEdited = async (
    change: (unit: { totals: readonly number[]; unit: string; withheld: boolean }) => object,
  ) => {
    const forged = new Simulation({
      edit: (p) =>
        p.kind === 'result'
          ? ({ ...p, value: { units: p.value.units.map((u) => ({ ...u, ...change(u) })) } } as typeof p)
          : undefined,
    }).setUp()
    forged.cast(0, { question: { kind: 'selection', selected: ['yes'] } })
    await forged.finish()
    return failed(await forged.record(), 'V10')
  }
  expect(await withEdited(() => ({ unit: 'another' }))).toEqual(['RESULT_UNITS at result unit question'])
  expect(await withEdited(() => ({ withheld: true }))).toEqual(['RESULT_UNITS at result unit question'])
  expect(await withEdited((u) => ({ totals: u.totals.toReversed() }))).toEqual([
    'RESULT_TOTALS at result unit question output 0',
    'RESULT_TOTALS at result unit question output 1',
  ])
})

it('a result may be the most that there can be', async () => {
  const all = new Simulation({ manifest: { maximumWeight: 3 } }).setUp()
  for (const voter of [0, 1, 2]) all.cast(voter, { question: { kind: 'selection', selected: ['yes'] } })
  await all.finish()
  const report = await verifyRecord(await all.record())
  expect(report.verdict).toBe('verified')
  expect(report.results[0]!.totals.map(({ votes }) => votes)).toEqual([3, 0])
})
