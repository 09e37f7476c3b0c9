import { sendBallot, signBallot, openElection } from '@cista/client'
import { Simulation, memoryConnection } from '@cista/testkit'
import { type SubmitOutcome, Unreachable } from '@cista/verifier'
import { beforeEach, describe, expect, it } from 'vitest'
import { codeOf, identified, lying, no, sealed, yes } from './support.js'

type Post = ReturnType<typeof memoryConnection>['post']
let simulation: Simulation
let honest: ReturnType<typeof memoryConnection>
let election: Awaited<ReturnType<typeof openElection>>
let ballot: ReturnType<typeof signBallot>

beforeEach(async () => {
  simulation = new Simulation().setUp()
  honest = memoryConnection(simulation)
  election = await openElection(honest, simulation.definition.id)
  const voter = await identified(honest, election, codeOf(simulation, 0))
  ballot = signBallot(election, voter, sealed(election, voter, yes))
})
const send = (post: Post = honest.post, read?: Parameters<typeof lying>[1]['read']) =>
  sendBallot(lying(honest, { post, ...(read && { read }) }), election, ballot)
const refusing =
  (status: number): Post =>
  async () => ({
    kind: 'refused',
    problem: { type: 'about:blank', title: 'no', status, detail: `status ${status}`, findings: [] },
  })

describe('sending a ballot', () => {
  it('casts once, however often it is sent', async () => {
    const first = await send()
    expect(first).toMatchObject({ kind: 'cast', index: simulation.size - 1 })
    expect(await send()).toMatchObject({ kind: 'cast', index: simulation.size - 1 })
    expect(simulation.course.ballots.map((b) => b.tracker)).toEqual([ballot.hash])
  })

  it.each([429, 500, 502, 503])('does not know what became of it after status %i', async (status) => {
    expect(await send(refusing(status))).toEqual({ kind: 'unknown', why: `status ${status}` })
  })

  it.each([400, 404, 409, 413, 422, 499])('knows that it is refused by status %i', async (status) => {
    expect(await send(refusing(status))).toMatchObject({ kind: 'refused', problem: { status } })
  })

  it('does not know what became of it without an answer, before or after the receipt', async () => {
    const lost: Post = async (b) => {
      await honest.post(b)
      throw new Unreachable('the line is dead')
    }
    expect(await send(lost)).toEqual({ kind: 'unknown', why: 'the line is dead' })
    expect(simulation.course.ballots).toHaveLength(1)
    const cut = () => Promise.reject(new Unreachable('the line is dead again'))
    expect(await send(honest.post, cut)).toEqual({ kind: 'unknown', why: 'the line is dead again' })
    expect(await send()).toMatchObject({ kind: 'cast' })
  })

  it('hands over an answer that proves nothing, or another history', async () => {
    const bend = (change: (o: Extract<SubmitOutcome, { kind: 'logged' }>) => object) => async (b: never) => {
      const outcome = await honest.post(b)
      if (outcome.kind !== 'logged') throw new Error(outcome.kind)
      return { ...outcome, ...change(outcome) }
    }
    const bent = await send(bend(({ receipt }) => ({ receipt: receipt.replace(/index \d+/, 'index 0') })))
    expect(bent).toMatchObject({
      kind: 'unproven',
      why: expect.any(String),
      answer: { entry: expect.stringContaining(ballot.hash), proof: expect.stringContaining('index 0\n') },
    })
    const fork = new Simulation().setUp().cast(1, { question: no }).cast(2, { question: no })
    const forked: Post = async ({ payload, signatures }) => {
      fork.append('ballot', payload, signatures)
      return memoryConnection(fork).post(ballot)
    }
    const read = (path: string) => memoryConnection(fork).record.read(path)
    expect(await send(forked, read)).toMatchObject({
      kind: 'unproven',
      why: expect.stringContaining('another history than before'),
    })
  })

  it('lets a mistake of ours through', async () => {
    await expect(send(() => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug')
    await expect(send(honest.post, () => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug')
  })
})
