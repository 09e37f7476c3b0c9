import { loadVector } from '@cista/testkit'
import { type CheckId, type ProofPool, localPool, verifyRecord } from '@cista/verifier'
import { expect, it } from 'vitest'

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
  for (const check of ['V2', 'V3', 'V6'] as const) {
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
