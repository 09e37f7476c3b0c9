import type { Payload } from '@cista/protocol'
import { Simulation, loadVector } from '@cista/testkit'
import { type CheckId, type ProofPool, examineRecord, localPool, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const { record, expected } = loadVector('elections/all-kinds')
const looked = (check: CheckId) => expected.checks.find(({ id }) => id === check)?.looked

it('takes the time from the caller’s clock', async () => {
  const times = [10, 12.5]
  expect((await verifyRecord(record, { clock: () => times.shift()! })).seconds).toBe(2.5)
  expect((await verifyRecord(record)).seconds).toBe(0)
})

it('tells how far each long check has come, forwards and to its end', async () => {
  const steps = new Map<CheckId, { done: number; total: number }[]>()
  await verifyRecord(record, {
    progress: ({ check, done, total }) => steps.set(check, [...(steps.get(check) ?? []), { done, total }]),
  })
  // Every thousand entries, and at the end.
  expect(steps.get('V3')!.map(({ done }) => done)).toEqual([0, looked('V3')])
  for (const check of ['V2', 'V3', 'V6', 'V8'] as const) {
    const told = steps.get(check)!
    const total = looked(check)!
    expect(told.at(-1)).toEqual({ done: total, total })
    expect(told.map(({ done }) => done)).toEqual(told.map(({ done }) => done).toSorted((a, b) => a - b))
  }
})

it('trusts no pool that leaves ballots out', async () => {
  const lazy: ProofPool = { ...localPool, checkBallots: async () => [] }
  await expect(verifyRecord(record, { pool: lazy })).rejects.toThrow('did not answer for every ballot')
})

it('gives the same report whatever the number of threads', async () => {
  const reports = await Promise.all(
    [0, 1, 3].map((threads) => verifyRecord(record, { pool: { ...localPool, threads } })),
  )
  for (const report of reports) expect(report).toEqual(reports[0])
  expect(reports[0]!.verdict).toBe('verified')
})

describe('what the checks have accepted', () => {
  const partsOf = async (folder: string) => {
    const { record: of, options } = loadVector(folder)
    return Object.keys((await examineRecord(of, options)).checked).toSorted()
  }
  const start = ['definition', 'manifest']
  const logged = [...start, 'board', 'entries']
  const voting = [...logged, 'keys', 'roll']
  const closed = [...voting, 'ballots', 'count']
  it.each([
    ['elections/all-kinds', [...closed, 'tally', 'decryptions']],
    ['elections/unfinished-manifest', [...logged, 'roll']],
    ['elections/unfinished-opened', closed],
    ['elections/unfinished-closed', closed],
    ['attacks/MANIFEST_SIGNATURE/a-registrars-signature', []],
    ['attacks/BOARD_ROOT/a-checkpoint-with-another-root', start],
    ['attacks/PHASE/a-ballot-after-closing', [...start, 'board']],
    ['attacks/ROLL/cancelled-twice', [...logged, 'keys']],
    ['attacks/BALLOT_REPLACES/a-second-ballot-that-replaces-none', voting],
  ])('of %s', async (folder, parts) => expect(await partsOf(folder)).toEqual(parts.toSorted()))

  it('includes no keys where a dealing is wrong', async () => {
    const edit = (payload: Payload, s: Simulation): Payload | undefined =>
      payload.kind === 'trustee-dealt' && payload.value.index === 2
        ? { ...payload, value: { ...payload.value, commitments: s.dealing(1).commitments } }
        : undefined
    const { checked, report } = await examineRecord(await new Simulation({ edit }).setUp().record())
    expect(checked.keys).toBeUndefined()
    expect(report.checks.map(({ id, status }) => `${id} ${status}`)).toEqual([
      'V1 passed',
      'V2 passed',
      'V3 passed',
      'V4 failed',
      'V5 passed',
      ...['V6', 'V7', 'V8', 'V9', 'V10'].map((id) => `${id} not-run`),
    ])
  })
})

it('takes no other reason for that of an election aborted', async () => {
  const s = new Simulation().join(1).post('ceremony-restarted', { attempt: 2, reason: 'a lost key' })
  const report = await verifyRecord(await s.record())
  expect(report.verdict).toBe('unfinished')
  expect('aborted' in report).toBe(false)
})
