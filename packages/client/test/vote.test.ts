import { utf8, verifyReceipt } from '@cista/board'
import {
  castBallot,
  checkReceipt,
  contestsOf,
  identifyVoter,
  keepReceipt,
  openElection,
  trackBallot,
} from '@cista/client'
import { noReplaced } from '@cista/protocol'
import { Simulation, memoryConnection } from '@cista/testkit'
import { policyOf, verifyReceiptFile, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { codeOf, identified, lying, no, overHttp, sealed, strangeCode, yes } from './support.js'

const adapters = [
  ['in memory', memoryConnection],
  ['over HTTP', (s: Simulation) => overHttp(s, memoryConnection(s)).connection],
] as const

describe.each(adapters)('one vote’s way, %s', (_, connect) => {
  it('opens, identifies, seals, casts, has a receipt, votes again, tracks, and all of it verifies', async () => {
    const simulation = new Simulation({ witnesses: 3 }).setUp()
    const connection = connect(simulation)
    const election = await openElection(connection, simulation.definition.id)
    expect(contestsOf(election.definition.manifest, 'all').map((c) => c.id)).toEqual(['question'])
    const voter = await identified(connection, election, codeOf(simulation, 1))
    expect(voter).toMatchObject({ style: 'all', weight: 1, replaces: noReplaced })

    const first = sealed(election, voter, yes)
    const cast = await castBallot(connection, election, voter, first)
    if (cast.kind !== 'cast') throw new Error(cast.problem.detail)
    expect(cast.index).toBe(simulation.size - 1)
    const opened = verifyReceipt(utf8(cast.receipt.entry), cast.receipt.proof, policyOf(election.definition))
    expect(opened.entry.payload).toBe(first.tracker)
    expect(opened.cosignatures).toHaveLength(3)
    expect(checkReceipt(election, cast.receipt, first.tracker).index).toBe(cast.index)
    const kept = verifyReceiptFile(keepReceipt(election, cast.receipt), election.definition.id)
    expect(kept.entry).toMatchObject({ payload: first.tracker, index: cast.index })

    const again = await castBallot(connection, election, voter, first)
    expect(again).toMatchObject({ kind: 'cast', index: cast.index })
    expect(simulation.course.ballots).toHaveLength(1)

    const later = await identified(connection, election, codeOf(simulation, 1))
    expect(later.replaces).toBe(first.tracker)
    const second = sealed(election, later, no)
    expect((await castBallot(connection, election, later, second)).kind).toBe('cast')
    expect(await trackBallot(connection, election, first.tracker)).toMatchObject({
      kind: 'on-board',
      standing: 'superseded',
    })
    expect(await trackBallot(connection, election, second.tracker)).toMatchObject({
      kind: 'on-board',
      index: simulation.size - 1,
      batchTime: simulation.now,
      standing: 'counted',
    })
    expect(await trackBallot(connection, election, 'ab'.repeat(32))).toEqual({ kind: 'missing' })

    await simulation.finish()
    const report = await verifyRecord(await simulation.record(), { election: simulation.definition.id })
    expect(report.verdict).toBe('verified')
    expect(report.results[0]!.totals).toEqual([
      { option: 'yes', votes: 0 },
      { option: 'no', votes: 1 },
    ])
  })

  it('is refused, with reasons, where the board has moved on', async () => {
    const simulation = new Simulation().setUp()
    const connection = connect(simulation)
    const election = await openElection(connection, simulation.definition.id)
    const voter = await identified(connection, election, codeOf(simulation, 0))
    const [one, other] = [sealed(election, voter, yes), sealed(election, voter, no)]
    await castBallot(connection, election, voter, one)
    expect(await castBallot(connection, election, voter, other)).toMatchObject({
      kind: 'refused',
      problem: { status: 409, findings: [{ code: 'BALLOT_REPLACES' }] },
    })
    simulation.close()
    const late = sealed(election, { ...voter, replaces: one.tracker }, no)
    expect(await castBallot(connection, election, voter, late)).toMatchObject({
      kind: 'refused',
      problem: { findings: [{ code: 'PHASE' }] },
    })
    expect((await castBallot(connection, election, voter, one)).kind).toBe('cast')
  })

  it('is refused where somebody else’s code signs', async () => {
    const simulation = new Simulation().setUp()
    const connection = connect(simulation)
    const election = await openElection(connection, simulation.definition.id)
    const voter = await identified(connection, election, codeOf(simulation, 0))
    const other = await identified(connection, election, codeOf(simulation, 1))
    expect(await castBallot(connection, election, other, sealed(election, voter, yes))).toMatchObject({
      kind: 'refused',
      problem: { findings: [{ code: 'BALLOT_SIGNATURE' }] },
    })
  })
})

describe('tracking ballots', () => {
  it('says what the count makes of each, as the board stands', async () => {
    const simulation = new Simulation({
      voters: [{}, {}, {}, {}],
      manifest: { paper: true },
    }).setUp()
    const connection = memoryConnection(simulation)
    const election = await openElection(connection, simulation.definition.id)
    const trackers: string[] = []
    for (const i of [0, 1, 2, 3]) {
      const voter = await identified(connection, election, codeOf(simulation, i))
      const ballot = sealed(election, voter, yes)
      trackers.push(ballot.tracker)
      await castBallot(connection, election, voter, ballot)
    }
    const key = (i: number) => simulation.credential(i).key
    simulation
      .post('roll-changed', {
        added: [],
        reason: 'a lost code, and a member who left',
        rekeyed: [{ from: key(1), to: key(9) }],
        removed: [key(2)],
        restyled: [],
        reweighted: [],
      })
      .post('cancelled', { credential: key(3), reason: 'votes on paper' })
    const standings = trackers.map(async (t) => (await trackBallot(connection, election, t)) as object)
    expect(await Promise.all(standings)).toMatchObject(
      ['counted', 'void', 'void', 'cancelled'].map((standing) => ({ kind: 'on-board', standing })),
    )
  })

  it('does not believe a server that calls a ballot replaced', async () => {
    const simulation = new Simulation().setUp()
    const connection = memoryConnection(simulation)
    const election = await openElection(connection, simulation.definition.id)
    const trackers: string[] = []
    for (const i of [0, 1]) {
      const voter = await identified(connection, election, codeOf(simulation, i))
      const ballot = sealed(election, voter, yes)
      trackers.push(ballot.tracker)
      await castBallot(connection, election, voter, ballot)
    }
    const liar = (by: number) =>
      lying(connection, {
        hints: {
          credential: async (key) => ({
            ...(await connection.hints.credential(key)),
            ballot: simulation.size - by,
          }),
        },
      })
    await expect(trackBallot(liar(1), election, trackers[0]!)).rejects.toThrow(/not a later ballot/)
    await expect(trackBallot(liar(2), election, trackers[1]!)).rejects.toThrow(/not a later ballot/)
    await expect(trackBallot(liar(3), election, trackers[1]!)).rejects.toThrow(/not a later ballot/)
  })
})

describe('identifying voters', () => {
  const set = async (plan: ConstructorParameters<typeof Simulation>[0] = {}) => {
    const simulation = new Simulation(plan).setUp()
    const connection = memoryConnection(simulation)
    return { simulation, connection, election: await openElection(connection, simulation.definition.id) }
  }

  it('refuses mistyped codes, codes of other elections, and codes that are not on the roll', async () => {
    const { simulation, connection, election } = await set()
    const code = codeOf(simulation, 0)
    const other = new Simulation({ seed: 'another election' })
    for (const wrong of [
      code.slice(1),
      code.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
      `${code.slice(0, -1)}U`,
      codeOf(other, 0),
    ])
      expect(await identifyVoter(connection, election, wrong)).toMatchObject({ fault: 'code' })
    const stranger = strangeCode(simulation.definition.id)
    expect(await identifyVoter(connection, election, stranger)).toMatchObject({ fault: 'not-on-roll' })
    expect(await identified(connection, election, code.toLowerCase().replaceAll('-', ' '))).toBeDefined()
  })

  it('follows changes of the roll, and cancellations', async () => {
    const voters = [{ weight: 2 }, {}, {}]
    const { simulation, connection, election } = await set({ voters, manifest: { paper: true } })
    const key = (i: number) => simulation.credential(i).key
    simulation
      .post('roll-changed', {
        added: [{ key: key(8), style: 'all', weight: 5 }],
        reason: 'a lost code, and others',
        rekeyed: [{ from: key(1), to: key(9) }],
        removed: [],
        restyled: [],
        reweighted: [{ key: key(0), weight: 3 }],
      })
      .post('cancelled', { credential: key(2), reason: 'votes on paper' })
    const identify = (i: number) => identifyVoter(connection, election, codeOf(simulation, i))
    expect(await identify(0)).toMatchObject({ voter: { weight: 3 } })
    expect(await identify(1)).toMatchObject({ fault: 'not-on-roll' })
    expect(await identify(2)).toMatchObject({ fault: 'cancelled' })
    expect(await identify(8)).toMatchObject({ voter: { weight: 5, style: 'all' } })
    expect(await identify(9)).toMatchObject({ voter: { weight: 1, style: 'all' } })
  })
})
