import { DecodeError } from '@cista/board'
import { contestLines, openElection, votingNow, whyNotCast } from '@cista/client'
import type { Contest } from '@cista/protocol'
import { Simulation, memoryConnection, testTimes } from '@cista/testkit'
import { type Problem, Unreachable } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { lying, overHttp } from './support.js'

const { start, opens, closes } = testTimes
const later = '2026-01-06T00:00:00Z'
const ready = () => new Simulation().ceremony().roll()
const open = () => new Simulation({ manifest: { closeOnRequest: true } }).setUp()
const aborted = (s: Simulation) => s.post('aborted', { reason: 'the hall has burnt down' })

describe('whether one can vote', () => {
  it.each<[string, () => Simulation | Promise<Simulation>, string, object]>([
    [
      'before the opening',
      ready,
      start,
      { kind: 'early', opened: false, detail: `it opens at ${opens} at the earliest` },
    ],
    [
      'when preparations are late',
      ready,
      opens,
      { kind: 'late', opened: false, detail: `it was to open at ${opens}, but preparations are not done` },
    ],
    [
      'when the closing time has passed before the opening',
      ready,
      closes,
      {
        kind: 'never',
        opened: false,
        what: 'voting has never opened',
        detail: `it cannot open any more, the closing time ${closes} has passed`,
      },
    ],
    [
      'while voting is open',
      open,
      opens,
      { kind: 'open', opened: true, what: 'voting is open', detail: `it closes at ${closes}` },
    ],
    [
      'when the closing time was put off',
      () => open().post('extended', { closes: later, reason: 'snow' }),
      closes,
      { kind: 'open', detail: `it closes at ${later}` },
    ],
    [
      'after the closing',
      () => open().close(),
      closes,
      { kind: 'closed', opened: true, what: 'voting has closed', detail: `the closing time was ${closes}` },
    ],
    [
      'after a closing on request',
      () => open().post('close-requested', { reason: 'all have voted' }).close(),
      opens,
      { kind: 'closed', opened: true, detail: `it was closed on request, before ${closes}` },
    ],
    [
      'after the counting',
      () => open().close().tally(),
      later,
      { kind: 'closed', what: 'voting has closed' },
    ],
    [
      'after the result',
      () => open().pass(60).cast(0, {}).finish(),
      later,
      {
        kind: 'result',
        opened: true,
        what: 'voting has closed',
        detail: `the result was published at ${closes}`,
      },
    ],
    [
      'after an abortion',
      () => aborted(open()),
      later,
      {
        kind: 'aborted',
        opened: true,
        what: 'the election was aborted',
        detail: `at ${opens}, for this reason: the hall has burnt down`,
      },
    ],
    [
      'after an abortion before the opening',
      () => aborted(ready()),
      later,
      { kind: 'aborted', opened: false },
    ],
  ])('%s', async (_, make, time, said) => {
    const simulation = await make()
    const memory = memoryConnection(simulation)
    const { id } = simulation.definition
    const http = overHttp(simulation, memory).connection
    for (const connection of [memory, http]) expect(await votingNow(connection, id, time)).toMatchObject(said)
    if ('opened' in said && said.opened === false)
      await expect(openElection(memory, id)).rejects.toThrow('election: voting has not been opened')
  })

  it('is not believed about an end that the board does not show', async () => {
    const s = open()
    const phase = await memoryConnection(s).hints.phase()
    for (const ended of ['aborted', 'result'] as const) {
      const liar = lying(memoryConnection(s), { hints: { phase: async () => ({ ...phase, ended }) } })
      await expect(votingNow(liar, s.definition.id, later)).rejects.toThrow(DecodeError)
    }
    const other = aborted(new Simulation({ seed: 'another' }).setUp())
    const elsewhere = { ...memoryConnection(other), hints: memoryConnection(other).hints }
    await expect(votingNow(elsewhere, s.definition.id, later)).rejects.toThrow(DecodeError)
  })

  it('is not guessed where the server does not say it', async () => {
    const s = open()
    const phase = await memoryConnection(s).hints.phase()
    for (const wrong of [{ stage: 'empty' }, { opens: 'soon' }, { closes: null }, { ended: true }]) {
      const hints = { phase: async () => ({ ...phase, ...wrong }) as typeof phase }
      const { connection } = overHttp(s, lying(memoryConnection(s), { hints }))
      await expect(votingNow(connection, s.definition.id, opens)).rejects.toBeInstanceOf(Unreachable)
    }
  })
})

describe('why a ballot was not cast', () => {
  const problem = (code: string): Problem => ({
    type: 'urn:cista:problem:refused',
    title: 'refused',
    status: 409,
    detail: 'something is so. Do something.',
    findings: [{ code, at: 'ballot', why: 'something is so' }],
  })
  const why = (s: Simulation, code: string, time = later) =>
    whyNotCast(memoryConnection(s), s.definition.id, time, problem(code))

  it.each(['PHASE', 'TIME'])('says by %s that voting has ended, and how', async (code) => {
    expect(await why(open().close(), code)).toBe(
      `voting has closed: this ballot was NOT cast (the closing time was ${closes})`,
    )
    expect(await why(aborted(open()), code)).toMatch(
      /^the election was aborted: this ballot was NOT cast \(at 2026-.*burnt down\)$/,
    )
  })

  it('repeats the server where nothing better is known', async () => {
    const refused = 'this ballot was NOT cast. The server refuses it: something is so. Do something'
    expect(await why(open(), 'TIME')).toBe(refused)
    expect(await why(open().close(), 'BALLOT_REPLACES')).toBe(refused)
    const s = open()
    for (const error of [new DecodeError('status', 'wrong'), new Unreachable('nobody is there')]) {
      const away = lying(memoryConnection(s), { hints: { phase: () => Promise.reject(error) } })
      expect(await whyNotCast(away, s.definition.id, later, problem('PHASE'))).toBe(refused)
    }
    const broken = lying(memoryConnection(s), {
      hints: { phase: () => Promise.reject(new TypeError('bug')) },
    })
    await expect(whyNotCast(broken, s.definition.id, later, problem('PHASE'))).rejects.toThrow('bug')
  })

  it('says once that a code is cancelled', async () => {
    expect(await why(open(), 'BALLOT_CANCELLED')).toBe(
      'this code is cancelled, because its owner votes on paper: this ballot was NOT cast',
    )
  })
})

describe('a contest in words', () => {
  const shared = {
    id: 'c',
    min: 0,
    title: { de: 'Was?', en: 'What?' },
    options: [{ id: 'a', title: { de: 'Ah', en: 'Ay' } }],
  }
  it.each<[object, string]>([
    [{ kind: 'selection', max: 2 }, 'selection, at most 2'],
    [{ kind: 'ranking', max: 1, points: [1] }, 'ranking, at most 1'],
    [{ kind: 'score', maximum: 3 }, 'score, at most 3 for one'],
    [{ kind: 'score', maximum: 3, budget: 5 }, 'score, at most 3 for one, at most 5 in all'],
  ])('%j', (of, limits) => {
    expect(contestLines({ ...shared, ...of } as unknown as Contest)).toEqual([
      `c (${limits}): Was?`,
      '    a: Ah',
    ])
  })
})
