import { toBase64url, toHex } from '@cista/board'
import { type Reveal, auditBallot, openElection, rebuildBallot, sealBallot } from '@cista/client'
import { Simulation, memoryConnection } from '@cista/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, identified, no, sealed, yes } from './support.js'

let election: Awaited<ReturnType<typeof openElection>>
let voter: Awaited<ReturnType<typeof identified>>
let other: typeof voter

beforeAll(async () => {
  const simulation = new Simulation().setUp()
  const connection = memoryConnection(simulation)
  election = await openElection(connection, simulation.definition.id)
  voter = await identified(connection, election, codeOf(simulation, 0))
  other = await identified(connection, election, codeOf(simulation, 1))
})

describe('composing', () => {
  it.each([
    ['CHOICE_TOO_MANY', 'question', { question: { kind: 'selection', selected: ['yes', 'no'] } }],
    ['CHOICE_REPEATED', 'question', { question: { kind: 'selection', selected: ['yes', 'yes'] } }],
    ['CHOICE_UNKNOWN', 'question', { question: { kind: 'selection', selected: ['maybe'] } }],
    ['CHOICE_UNKNOWN', 'question', { question: { kind: 'score', points: { yes: 1 } } }],
    ['CHOICE_UNKNOWN', 'other', { other: { kind: 'selection', selected: [] } }],
  ] as const)('refuses with %s in %s what is no vote', (code, contest, choices) => {
    const composed = sealBallot(election, voter, choices)
    if (!('faults' in composed)) throw new Error('composed')
    expect(composed.faults.map((f) => [f.code, f.contest])).toContainEqual([code, contest])
  })

  it.each([
    '{"selected":["yes"]}',
    '{"kind":"selection"}',
    '{"kind":"Selection","selected":["yes"]}',
    '"yes"',
    '[]',
  ])('says how a choice is written where it is not: %s', (text) => {
    const composed = sealBallot(election, voter, JSON.parse(`{"question":${text}}`))
    const example = 'write {"kind":"selection","selected":["yes"]}'
    expect(composed).toMatchObject({
      faults: [{ contest: 'question', why: expect.stringContaining(example) }],
    })
  })

  it.each(['[]', '[{"kind":"selection","selected":["yes"]}]', 'null', '"yes"'])(
    'refuses what holds no choices at all, instead of making a blank vote of it: %s',
    (text) => {
      const why = 'not an object with a choice for each contest'
      expect(sealBallot(election, voter, JSON.parse(text))).toMatchObject({ faults: [{ contest: '', why }] })
    },
  )

  it('makes a blank vote also of a contest with a name that every object has', async () => {
    const contest = { ...election.definition.manifest.contests[0]!, id: 'constructor' }
    const simulation = new Simulation({
      manifest: {
        contests: [contest],
        styles: [{ id: 'all', contests: ['constructor'] }],
        units: [{ id: 'all', contest: 'constructor', styles: ['all'] }],
      },
    }).setUp()
    const connection = memoryConnection(simulation)
    const opened = await openElection(connection, simulation.definition.id)
    const somebody = await identified(connection, opened, codeOf(simulation, 0))
    const nothing = { kind: 'selection', selected: [] } as const
    const [blank, written] = [{}, { constructor: nothing }].map((choices) =>
      rebuildBallot(opened, {
        seed: new Uint8Array(32),
        choices,
        credential: somebody.credential.key,
        style: 'all',
        replaces: somebody.replaces,
      }),
    )
    expect(blank).toMatchObject({ ballot: { tracker: expect.any(String) } })
    expect(written).toMatchObject({ ballot: { tracker: 'ballot' in blank! ? blank.ballot.tracker : '' } })
  })

  it('refuses nothing in place of a choice', () => {
    expect(sealBallot(election, voter, JSON.parse('{"question":null}'))).toMatchObject({
      faults: [{ contest: 'question', why: expect.stringContaining('the choice has no “kind”: write') }],
    })
  })

  it('refuses a ballot style that there is not', () => {
    expect(sealBallot(election, { ...voter, style: 'other' }, {})).toMatchObject({
      faults: [{ code: 'CHOICE_UNKNOWN' }],
    })
  })

  it('seals every choice to the same number of bytes, and no choice twice to the same bytes', () => {
    const ballots = [sealed(election, voter, yes), sealed(election, voter, yes), sealed(election, voter, no)]
    const blank = sealBallot(election, voter, {})
    if (!('ballot' in blank)) throw new Error('no blank vote')
    expect(new Set([...ballots, blank.ballot].map((b) => b.payload.length)).size).toBe(1)
    expect(new Set(ballots.map((b) => b.tracker)).size).toBe(3)
  })
})

describe('testing a ballot', () => {
  it('makes the same bytes again from what is revealed', () => {
    const { reveal, tracker, payload } = sealed(election, voter, yes)
    expect(auditBallot(election, reveal, tracker)).toBe(true)
    expect(rebuildBallot(election, reveal)).toMatchObject({ ballot: { payload } })
  })

  it.each<[string, (reveal: Reveal) => Partial<Reveal>]>([
    ['seed', ({ seed }) => ({ seed: seed.map((b, i) => (i === 31 ? b ^ 1 : b)) })],
    ['choice', () => ({ choices: { question: no } })],
    ['blank choice', () => ({ choices: {} })],
    ['choice that is none', () => ({ choices: { question: { kind: 'selection', selected: ['maybe'] } } })],
    ['credential', () => ({ credential: other.credential.key })],
    ['replaced ballot', () => ({ replaces: 'ab'.repeat(32) })],
    ['ballot style', () => ({ style: 'other' })],
  ])('notices another %s', (_, change) => {
    const { reveal, tracker } = sealed(election, voter, yes)
    expect(auditBallot(election, { ...reveal, ...change(reveal) }, tracker)).toBe(false)
  })

  it('notices another ballot, and a ballot made for another key or opening', () => {
    const [{ reveal, tracker }, another] = [sealed(election, voter, yes), sealed(election, voter, yes)]
    expect(auditBallot(election, reveal, another.tracker)).toBe(false)
    const opening = { ...election, context: { ...election.context, opening: 'ab'.repeat(32) } }
    expect(auditBallot(opening, reveal, tracker)).toBe(false)
    const elsewhere = new Simulation({ seed: 'another election' }).setUp().ballotElection
    expect(auditBallot({ ...election, key: elsewhere.key }, reveal, tracker)).toBe(false)
  })

  it('puts the seed nowhere on the ballot, and draws another for each', () => {
    const [a, b] = [sealed(election, voter, yes), sealed(election, voter, yes)]
    expect(a.reveal.seed).not.toEqual(b.reveal.seed)
    const text = new TextDecoder().decode(a.payload)
    expect(text).not.toContain(toBase64url(a.reveal.seed))
    expect(text).not.toContain(toHex(a.reveal.seed))
  })
})
