import { Simulation, testTimes } from '@cista/testkit'
import { expect, it } from 'vitest'
import { dueEntry, owedFor } from '../src/due.js'

const plan = { manifest: { closeOnRequest: true } }
const due = (s: Simulation) => {
  const last = new Map(s.log.map(({ kind, entry }) => [kind, entry.batchTime]))
  return dueEntry(s.course.phase, last)
}

it('is `opened` once all is ready, at the opening time at the earliest', () => {
  const opens = Date.parse(testTimes.opens) / 1000
  const until = Date.parse(testTimes.closes) / 1000
  expect(due(new Simulation(plan).roll())).toBeUndefined()
  expect(due(new Simulation(plan).roll().ceremony())).toEqual({ kind: 'opened', since: opens, until })
  const late = new Simulation(plan).roll().at(testTimes.opens).pass(60).ceremony()
  expect(due(late)).toEqual({ kind: 'opened', since: opens + 60, until })
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
  expect(due(open)).toEqual({ kind: 'closed', since: Date.parse(testTimes.closes) / 1000 })
  open.pass(5).post('close-requested', { reason: 'enough' })
  expect(due(open)).toEqual({ kind: 'closed', since: Date.parse(testTimes.opens) / 1000 + 5 })
})
