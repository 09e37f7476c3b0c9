import { type MemoryRecord, entriesPath, payloadsPath, readU32, utf8 } from '@cista/board'
import { shake256 } from '@cista/crypto'
import { type Simulation, finishedElection, logRows, relogged } from '@cista/testkit'
import { type Report, verifyRecord } from '@cista/verifier'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Field, jsonFields } from './jsonFields.js'

const seed = 'flips 1'
const rawFlips = 1_000

let drawn = 0
/** 0 … below − 1, the same sequence for the same seed. */
const random = (below: number): number => readU32(shake256(utf8(`${seed} ${drawn++}`), 4), 0) % below

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
  simulation = await finishedElection()
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
      const damaged = await withPayload(index, flipped(simulation.log[index]!.bytes, at))
      const { verdict, checks } = await verifyRecord(damaged, { election })
      expect({ path, at, verdict }).toEqual({ path, at, verdict: 'refuted' })
      if (index > 0) expect(checks[1]!.status).toBe('passed')
    }
  })
})

/** The record with another payload, signatures as they were, all else made anew by whoever holds the board's key. */
const withPayload = (changed: number, payload: Uint8Array): Promise<MemoryRecord> =>
  relogged(
    simulation,
    logRows(simulation).map((row, index) => (index === changed ? { ...row, payload } : row)),
  )
