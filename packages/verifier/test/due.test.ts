import { Course } from '@cista/protocol'
import { Simulation, testTimes } from '@cista/testkit'
import { expect, it } from 'vitest'
import { dueEntry, owedFor } from '../src/due.js'
import { yes } from './support.js'

const plan = { manifest: { closeOnRequest: true } }
const opens = Date.parse(testTimes.opens) / 1000
const closes = Date.parse(testTimes.closes) / 1000
const due = (s: Simulation) => {
  const last = new Map(s.log.map(({ kind, entry }) => [kind, entry.batchTime]))
  const decrypted = s.log.flatMap(({ kind, entry }) => (kind === 'decrypted' ? [entry.batchTime] : []))
  return dueEntry(s.course.phase, last, decrypted)
}

it('is `opened` once all is ready, at the opening time at the earliest', () => {
  expect(due(new Simulation(plan).roll())).toBeUndefined()
  expect(due(new Simulation(plan).ceremony())).toBeUndefined()
  expect(due(new Simulation(plan).roll().ceremony())).toEqual({ kind: 'opened', since: opens, until: closes })
  const late = () => new Simulation(plan).at(testTimes.opens)
  for (const s of [late().roll().pass(60).ceremony(), late().ceremony().pass(60).roll()])
    expect(due(s)).toEqual({ kind: 'opened', since: opens + 60, until: closes })
})

it('is owed from when it is due, and no longer than it is legal', () => {
  expect(owedFor({ kind: 'closed', since: 100 }, 160)).toBe(60)
  expect(owedFor({ kind: 'opened', since: 100, until: 130 }, 129)).toBe(29)
  expect(owedFor({ kind: 'opened', since: 100, until: 130 }, 160)).toBe(30)
})

it('is nothing where voting could not open before the closing time', () => {
  expect(due(new Simulation(plan).roll().at(testTimes.closes).ceremony())).toBeUndefined()
})

it('is `closed` at the closing time, or when it was asked for', () => {
  const open = new Simulation(plan).setUp()
  expect(due(open)).toEqual({ kind: 'closed', since: closes })
  open.pass(5).post('close-requested', { reason: 'enough' })
  expect(due(open)).toEqual({ kind: 'closed', since: opens + 5 })
  const late = new Simulation(plan).setUp().at(testTimes.closes).pass(5)
  expect(due(late.post('close-requested', { reason: 'it is time' }))).toEqual({
    kind: 'closed',
    since: closes,
  })
})

it('is `tallied` once voting is closed, and with paper once it is reconciled', () => {
  const closed = new Simulation(plan).setUp().at(testTimes.closes).pass(7).close()
  expect(due(closed)).toEqual({ kind: 'tallied', since: closes + 7 })
  const paper = new Simulation({ manifest: { paper: true } }).setUp().close()
  expect(due(paper)).toBeUndefined()
  expect(due(paper.pass(90).reconcile())).toEqual({ kind: 'tallied', since: closes + 90 })
})

it('is `result` once enough trustees have decrypted, or at once where there is nothing to decrypt', async () => {
  const tallied = await new Simulation(plan).setUp().cast(0, yes).close().tally()
  expect(due(tallied)).toBeUndefined()
  expect(due(tallied.pass(10).decrypt(3))).toBeUndefined()
  expect(due(tallied.pass(10).decrypt(1))).toEqual({ kind: 'result', since: closes + 20 })
  // One more than are needed: it was owed before.
  expect(due(tallied.pass(10).decrypt(2))).toEqual({ kind: 'result', since: closes + 20 })
  const withheld = new Simulation({ manifest: { minimumBallots: 2 } }).setUp().cast(0, yes).close()
  expect(due(await withheld.pass(40).tally())).toEqual({ kind: 'result', since: closes + 40 })
})

it('is nothing before the manifest and after the end', async () => {
  const s = new Simulation(plan).setUp()
  expect(dueEntry(new Course(s.definition).phase, new Map(), [])).toBeUndefined()
  expect(due(await s.cast(0, yes).finish())).toBeUndefined()
  expect(due(new Simulation(plan).setUp().post('aborted', { reason: 'enough' }))).toBeUndefined()
})
