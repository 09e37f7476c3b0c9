import {
  type Entry,
  MemoryRecord,
  emptyFrontier,
  encodeEntry,
  entriesPath,
  leafHash,
  payloadHash,
  payloadsPath,
  readU32,
  rootOf,
  signCheckpoint,
  toHex,
  utf8,
  writeRecord,
} from '@cista/board'
import { shake256 } from '@cista/crypto'
import type { Manifest } from '@cista/protocol'
import { Simulation } from '@cista/testkit'
import { type Report, verifyRecord } from '@cista/verifier'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Field, jsonFields } from './jsonFields.js'

const seed = 'flips 1'
const rawFlips = 1_000

let drawn = 0
/** 0 … below − 1, the same sequence for the same seed. */
const random = (below: number): number => readU32(shake256(utf8(`${seed} ${drawn++}`), 4), 0) % below

const option = (id: string) => ({ id, title: { en: `Option ${id}` } })
const manifest: Partial<Manifest> = {
  contests: [
    { id: 'pick', kind: 'selection', max: 1, min: 1, options: ['a', 'b'].map(option), title: { en: 'Pick' } },
    {
      budget: 1,
      id: 'rate',
      kind: 'score',
      maximum: 1,
      options: ['c', 'd'].map(option),
      title: { en: 'Rate' },
    },
    {
      id: 'rank',
      kind: 'ranking',
      max: 1,
      min: 1,
      options: ['e', 'f'].map(option),
      points: [1],
      title: { en: 'Rank' },
    },
  ],
  description: { en: 'Every field there is.' },
  page: { 'index.html': 'ab'.repeat(32) },
  paper: true,
  styles: [
    { contests: ['pick', 'rate'], id: 'north' },
    { contests: ['rank'], id: 'south' },
  ],
  units: [
    { contest: 'pick', id: 'pick', styles: ['north'] },
    { contest: 'rate', id: 'rate', styles: ['north'] },
    { contest: 'rank', id: 'rank', styles: ['south'] },
  ],
}

/** Every kind of entry but `aborted`, and every kind of contest. */
async function simulate(): Promise<Simulation> {
  const voters = ['north', 'south', 'south', 'north', 'north'].map((style) => ({ style }))
  const s = new Simulation({ manifest, voters, witnesses: 2 })
  for (const i of [1, 2, 3]) s.join(i)
  for (const i of [1, 2, 3]) s.deal(i)
  s.post('trustee-complained', {
    accused: 1,
    attempt: 1,
    identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
    index: 2,
  }).post('ceremony-restarted', { attempt: 2, reason: 'a complaint' })
  const key = (i: number) => s.credential(i).key
  const pick = (id: string) => ({ kind: 'selection', selected: [id] }) as const
  s.setUp()
    .cast(0, { pick: pick('a'), rate: { kind: 'score', points: { d: 1 } } })
    .cast(1, { rank: { kind: 'ranking', ranked: ['f'] } })
    .post('roll-changed', {
      added: [{ key: key(8), style: 'north', weight: 1 }],
      reason: 'moved, and a lost code',
      rekeyed: [{ from: key(4), to: key(9) }],
      removed: [key(3)],
      restyled: [{ key: key(2), style: 'north' }],
      reweighted: [{ key: key(1), weight: 2 }],
    })
    .post('notice', { text: 'Polls are busy.' })
    .post('page-changed', { page: { 'index.html': 'cd'.repeat(32) }, reason: 'a spelling mistake' })
    .cast(0, { pick: pick('b') })
    .post('cancelled', { credential: key(2), reason: 'votes on paper' })
    .post('extended', { closes: '2026-01-05T18:00:00Z', reason: 'the line was down' })
    .post('close-requested', { reason: 'all have voted' })
  await s.finish()
  return s
}

/** A byte changed to any other. */
function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= 1 + random(255)
  return copy
}
const somewhere = ({ from, to }: { from: number; to: number }): number => from + random(to - from)

/** One field of each name, chosen at random among those that have it. */
function oneOfEach<T extends Field>(fields: readonly T[]): T[] {
  const byPath = new Map<string, T[]>()
  for (const field of fields) byPath.set(field.path, [...(byPath.get(field.path) ?? []), field])
  return [...byPath.values()].map((same) => same[random(same.length)]!)
}

let simulation: Simulation
let record: MemoryRecord
let election: string

beforeAll(async () => {
  simulation = await simulate()
  record = await simulation.record()
  election = simulation.definition.id
})

const describeFailure = ({ checks }: Report) =>
  checks.flatMap(({ id, findings }) => findings.map(({ code, at }) => `${id} ${code} ${at}`))

describe(`one-byte flips, seed “${seed}”`, () => {
  it('verifies the record as it is, in which every kind of entry occurs', async () => {
    const report = await verifyRecord(record, { election })
    expect(describeFailure(report)).toEqual([])
    expect(report.verdict).toBe('verified')
    expect(new Set(simulation.log.map((l) => l.kind)).size).toBe(21)
  })

  it(`refutes ${rawFlips} flips over every file and every field of entries and payloads`, async () => {
    const width = simulation.size
    const targets: { path: string; at: number }[] = []
    const bundled = (path: string, items: readonly { kind: string; bytes: Uint8Array }[], prefix: number) => {
      let at = 0
      const fields = items.flatMap(({ kind, bytes }) => {
        const from = (at += prefix)
        at += bytes.length
        return jsonFields(bytes).map((f) => ({
          path: `${kind}${f.path}`,
          from: from + f.from,
          to: from + f.to,
        }))
      })
      for (const field of oneOfEach(fields)) targets.push({ path, at: somewhere(field) })
    }
    bundled(payloadsPath(0, width), simulation.log, 4)
    const entries = simulation.log.map(({ kind, entryBytes }) => ({ kind, bytes: entryBytes }))
    bundled(entriesPath(0, width), entries, 2)
    expect(targets.length).toBeLessThan(rawFlips)
    const paths = record.paths()
    while (targets.length < rawFlips) {
      const path = paths[targets.length % paths.length]!
      targets.push({ path, at: random((await record.read(path))!.length) })
    }
    expect(new Set(targets.map((t) => t.path))).toEqual(new Set(paths))
    for (const { path, at } of targets) {
      const damaged = record.copy()
      await damaged.write(path, flipped((await record.read(path))!, at))
      const { verdict } = await verifyRecord(damaged, { election })
      expect({ path, at, verdict }).toEqual({ path, at, verdict: 'refuted' })
    }
  })

  it('refutes a flip in every field of every payload, when the board’s operator logs all anew', async () => {
    const fields = simulation.log.flatMap(({ kind, bytes }, index) =>
      jsonFields(bytes).map((f) => ({ ...f, index, path: `${kind}${f.path}` })),
    )
    for (const field of oneOfEach(fields)) {
      const { index, path } = field
      const at = somewhere(field)
      const damaged = await relogged(index, flipped(simulation.log[index]!.bytes, at))
      const { verdict, checks } = await verifyRecord(damaged, { election })
      expect({ path, at, verdict }).toEqual({ path, at, verdict: 'refuted' })
      if (index > 0) expect(checks[1]!.status).toBe('passed')
    }
  })
})

/** The record with another payload, chain, tree and checkpoints made anew by whoever holds the board's key. */
async function relogged(changed: number, payload: Uint8Array): Promise<MemoryRecord> {
  const { definition, keys, log } = simulation
  const { origin, id } = definition
  const entries: Uint8Array[] = []
  const payloads: Uint8Array[] = []
  let previous = emptyFrontier(origin, id).lastLeaf
  log.forEach(({ entry, bytes, kind }, index) => {
    const own = index === changed ? payload : renewed(kind, bytes)
    const fields: Entry = { ...entry, payload: payloadHash(own), previous: toHex(previous), size: own.length }
    entries.push(encodeEntry(fields))
    payloads.push(own)
    previous = leafHash(entries.at(-1)!)
  })
  const damaged = new MemoryRecord()
  await writeRecord(damaged, { entries, payloads, checkpoint: checkpoint() })
  return damaged

  function checkpoint(): string {
    const root = rootOf(entries.map(leafHash))
    return simulation.cosign(signCheckpoint({ origin, size: entries.length, root }, keys.board, origin))
  }
  function renewed(kind: string, bytes: Uint8Array): Uint8Array {
    if (kind !== 'opened' && kind !== 'closed') return bytes
    const value = JSON.parse(new TextDecoder().decode(bytes)) as { checkpoint: string }
    return entries.length > changed ? utf8(JSON.stringify({ ...value, checkpoint: checkpoint() })) : bytes
  }
}
