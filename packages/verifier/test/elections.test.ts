import type { Choice, Manifest } from '@cista/protocol'
import { Simulation, type SimulationPlan } from '@cista/testkit'
import { type Report, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const yes: Choice = { kind: 'selection', selected: ['yes'] }
const no: Choice = { kind: 'selection', selected: ['no'] }
const blank: Choice = { kind: 'selection', selected: [] }

async function reportOf(simulation: Simulation): Promise<Report> {
  const report = await verifyRecord(await simulation.record(), { election: simulation.definition.id })
  expect(report.checks.flatMap((c) => c.findings)).toEqual([])
  return report
}

const votes = (report: Report, unit: string) =>
  Object.fromEntries(report.results.find((r) => r.unit === unit)!.totals.map((t) => [t.option, t.votes]))

async function simulate(plan: SimulationPlan, vote: (s: Simulation) => void): Promise<Report> {
  const simulation = new Simulation(plan).setUp()
  vote(simulation)
  await simulation.finish()
  const report = await reportOf(simulation)
  expect(report.verdict).toBe('verified')
  expect(report.checks.every((c) => c.status === 'passed')).toBe(true)
  return report
}

const option = (id: string) => ({ id, title: { en: `Option ${id}` } })

describe('whole elections in memory', () => {
  it('verifies with zero ballots: every unit is withheld and nothing is decrypted', async () => {
    const report = await simulate({}, () => undefined)
    expect(report.results).toEqual([{ contest: 'question', unit: 'question', withheld: true, totals: [] }])
    expect(report.ballots).toEqual({ cast: 0, counted: 0, superseded: 0, void: 0, cancelled: 0 })
    expect(report.checks.find((c) => c.id === 'V9')!.looked).toBe(0)
  })

  it('verifies with one ballot', async () => {
    const report = await simulate({}, (s) => s.cast(1, { question: yes }))
    expect(votes(report, 'question')).toEqual({ yes: 1, no: 0 })
  })

  it('verifies with re-votes: only the last ballot of a credential counts', async () => {
    const report = await simulate({}, (s) =>
      s
        .cast(0, { question: yes })
        .cast(1, { question: no })
        .cast(0, { question: no })
        .cast(0, { question: blank }),
    )
    expect(votes(report, 'question')).toEqual({ yes: 0, no: 1 })
    expect(report.ballots).toMatchObject({ cast: 4, counted: 2, superseded: 2 })
  })

  it('verifies with weights', async () => {
    const voters = [{ weight: 5 }, { weight: 1 }, { weight: 300 }]
    const report = await simulate({ voters }, (s) =>
      s.cast(0, { question: yes }).cast(1, { question: no }).cast(2, { question: yes }),
    )
    expect(votes(report, 'question')).toEqual({ yes: 305, no: 1 })
  })

  const districts: Partial<Manifest> = {
    contests: [
      {
        id: 'mayor',
        kind: 'selection',
        max: 1,
        min: 1,
        options: ['a', 'b'].map(option),
        title: { en: 'Mayor' },
      },
      {
        budget: 5,
        id: 'north-budget',
        kind: 'score',
        maximum: 3,
        options: ['c', 'd'].map(option),
        title: { en: 'North' },
      },
      {
        id: 'south-rank',
        kind: 'ranking',
        max: 2,
        min: 1,
        options: ['e', 'f', 'g'].map(option),
        points: [2, 1],
        title: { en: 'South' },
      },
    ],
    styles: [
      { contests: ['mayor', 'north-budget'], id: 'north' },
      { contests: ['south-rank', 'mayor'], id: 'south' },
    ],
    units: [
      { contest: 'mayor', id: 'mayor-north', styles: ['north'] },
      { contest: 'mayor', id: 'mayor-south', styles: ['south'] },
      { contest: 'north-budget', id: 'budget', styles: ['north'] },
      { contest: 'south-rank', id: 'rank', styles: ['south'] },
    ],
  }
  const mayor = (id: string): Choice => ({ kind: 'selection', selected: [id] })

  it('verifies with two ballot styles, all kinds of contest, and units by district', async () => {
    const voters = [{ style: 'north' }, { style: 'south' }, { style: 'south' }]
    const report = await simulate({ manifest: districts, voters }, (s) =>
      s
        .cast(0, { mayor: mayor('a'), 'north-budget': { kind: 'score', points: { c: 3, d: 2 } } })
        .cast(1, { mayor: mayor('b'), 'south-rank': { kind: 'ranking', ranked: ['g'] } })
        .cast(2, { mayor: mayor('b'), 'south-rank': { kind: 'ranking', ranked: ['e', 'g'] } }),
    )
    expect(votes(report, 'mayor-north')).toEqual({ a: 1, b: 0 })
    expect(votes(report, 'mayor-south')).toEqual({ a: 0, b: 2 })
    expect(votes(report, 'budget')).toEqual({ c: 3, d: 2 })
    expect(votes(report, 'rank')).toEqual({ e: 2, f: 0, g: 3 })
    expect(report.results.find((r) => r.unit === 'rank')!.totals[2]!.positions).toEqual([1, 1])
  })

  it('verifies with a unit that is withheld for too few ballots, beside one that is published', async () => {
    const voters = [{ style: 'north' }, { style: 'south' }, { style: 'south' }]
    const report = await simulate({ manifest: { ...districts, minimumBallots: 2 }, voters }, (s) =>
      s
        .cast(0, { mayor: mayor('a') })
        .cast(1, { mayor: mayor('b'), 'south-rank': { kind: 'ranking', ranked: ['g'] } })
        .cast(2, {
          mayor: mayor('a'),
          'south-rank': { kind: 'ranking', ranked: ['f'] },
        }),
    )
    expect(report.results.map((r) => [r.unit, r.withheld])).toEqual([
      ['mayor-north', true],
      ['mayor-south', false],
      ['budget', true],
      ['rank', false],
    ])
    expect(votes(report, 'mayor-south')).toEqual({ a: 1, b: 1 })
  })

  it('verifies with a contest nobody voted in', async () => {
    const voters = [{ style: 'north' }, { style: 'north' }]
    const report = await simulate({ manifest: districts, voters }, (s) =>
      s.cast(0, { mayor: mayor('b') }).cast(1, { mayor: mayor('b') }),
    )
    expect(votes(report, 'budget')).toEqual({ c: 0, d: 0 })
    expect(report.results.find((r) => r.unit === 'rank')!.withheld).toBe(true)
  })

  it('verifies with cancellations before and after closing, and reports each ballot once', async () => {
    const simulation = new Simulation({ manifest: { paper: true }, voters: [{}, {}, {}, {}] }).setUp()
    const cancel = (i: number) =>
      simulation.post('cancelled', { credential: simulation.credential(i).key, reason: 'votes on paper' })
    simulation.cast(0, { question: yes }).cast(1, { question: yes })
    cancel(0)
    simulation.cast(2, { question: no }).cast(2, { question: yes }).close()
    cancel(2)
    cancel(3)
    simulation.reconcile()
    await simulation.tally()
    simulation.decrypt(2).decrypt(3).result()
    const report = await reportOf(simulation)
    expect(report.verdict).toBe('verified')
    expect(votes(report, 'question')).toEqual({ yes: 1, no: 0 })
    expect(report.ballots).toEqual({ cast: 4, counted: 1, superseded: 1, cancelled: 2, void: 0 })
  })

  it('verifies with changes of the roll: ballots of removed, re-keyed and re-styled credentials are void', async () => {
    const manifest: Partial<Manifest> = {
      ...districts,
      minimumBallots: 1,
    }
    const voters = [{ style: 'north' }, { style: 'south' }, { style: 'south' }, { style: 'south' }]
    const simulation = new Simulation({ manifest, voters }).setUp()
    const key = (i: number) => simulation.credential(i).key
    simulation
      .cast(0, { mayor: mayor('a') })
      .cast(1, { mayor: mayor('a'), 'south-rank': { kind: 'ranking', ranked: ['e'] } })
      .cast(2, { mayor: mayor('a'), 'south-rank': { kind: 'ranking', ranked: ['e'] } })
      .cast(3, { mayor: mayor('b'), 'south-rank': { kind: 'ranking', ranked: ['f'] } })
      .post('roll-changed', {
        added: [],
        reason: 'moved, and a lost code',
        rekeyed: [{ from: key(1), to: key(9) }],
        removed: [key(0)],
        restyled: [{ key: key(2), style: 'north' }],
        reweighted: [{ key: key(3), weight: 4 }],
      })
    await simulation.finish()
    const report = await reportOf(simulation)
    expect(report.verdict).toBe('verified')
    expect(votes(report, 'mayor-south')).toEqual({ a: 0, b: 4 })
    expect(report.ballots).toMatchObject({ cast: 4, counted: 1, void: 3 })
  })

  it('verifies with a ceremony restarted after a complaint', async () => {
    const simulation = new Simulation()
    for (const i of [1, 2, 3]) simulation.join(i)
    for (const i of [1, 2, 3]) simulation.deal(i)
    simulation
      .confirm(1)
      .post('trustee-complained', {
        accused: 1,
        attempt: 1,
        identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
        index: 2,
      })
      .post('ceremony-restarted', { attempt: 2, reason: 'trustee 2 complained about trustee 1' })
      .setUp()
      .cast(0, { question: yes })
    await simulation.finish()
    const report = await reportOf(simulation)
    expect(report.verdict).toBe('verified')
    expect(report.checks.find((c) => c.id === 'V4')!.looked).toBe(6)
  })

  it.each([[[1, 2]], [[2, 3]], [[3, 1]], [[1, 2, 3]]])(
    'verifies whichever trustees decrypt: %j',
    async (trustees) => {
      const simulation = new Simulation()
        .setUp()
        .cast(0, { question: yes })
        .cast(1, { question: no })
        .cast(2, { question: yes })
      await simulation.finish(trustees)
      const report = await reportOf(simulation)
      expect(report.verdict).toBe('verified')
      expect(votes(report, 'question')).toEqual({ yes: 2, no: 1 })
    },
  )

  it('verifies after extending, closing on request, notices and new page hashes', async () => {
    const simulation = new Simulation().setUp().cast(0, { question: yes })
    simulation
      .post('notice', { text: 'The line was down for an hour.' })
      .post('extended', { closes: '2026-01-05T18:00:00Z', reason: 'the line was down' })
      .post('page-changed', { page: { 'index.html': 'ab'.repeat(32) }, reason: 'a spelling mistake' })
      .post('close-requested', { reason: 'all have voted' })
      .pass(5)
    await simulation.finish()
    expect((await reportOf(simulation)).verdict).toBe('verified')
  })

  it('is unfinished at every stage before the result, and when aborted', async () => {
    const simulation = new Simulation()
    const stage = async () => (await reportOf(simulation)).verdict
    expect(await stage()).toBe('unfinished')
    simulation.ceremony()
    expect(await stage()).toBe('unfinished')
    simulation.roll().open()
    expect(await stage()).toBe('unfinished')
    simulation.cast(0, { question: yes }).close()
    expect(await stage()).toBe('unfinished')
    await simulation.tally()
    expect(await stage()).toBe('unfinished')
    simulation.decrypt(1).decrypt(2)
    expect(await stage()).toBe('unfinished')
    simulation.post('aborted', { reason: 'a court has said so' })
    const report = await reportOf(simulation)
    expect(report.verdict).toBe('unfinished')
    expect(report.aborted).toBe('a court has said so')
  })
})
