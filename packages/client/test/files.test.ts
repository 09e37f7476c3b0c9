import { DecodeError, toBase64url, toHex, utf8 } from '@cista/board'
import {
  ballotFile,
  evidenceFile,
  identifyVoter,
  openElection,
  readBallotFile,
  readChoices,
  readTestFile,
  signBallot,
  testFile,
} from '@cista/client'
import { submission } from '@cista/protocol'
import { Simulation, memoryConnection } from '@cista/testkit'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOf, identified, sealed, yes } from './support.js'

const begin = async (seed: string) => {
  const simulation = new Simulation({ seed }).setUp()
  const connection = memoryConnection(simulation)
  const election = await openElection(connection, simulation.definition.id)
  const voter = await identified(connection, election, codeOf(simulation, 0))
  const ballot = sealed(election, voter, yes)
  return { simulation, connection, election, voter, ballot, signed: signBallot(election, voter, ballot) }
}
let here: Awaited<ReturnType<typeof begin>>
let elsewhere: typeof here
beforeAll(async () => {
  here = await begin('here')
  elsewhere = await begin('elsewhere')
})

describe('a kept ballot', () => {
  it('is what was sent, and holds neither choice nor seed nor code', () => {
    const { election, ballot, signed, simulation } = here
    const bytes = ballotFile(signed)
    expect(readBallotFile(election, bytes)).toEqual(signed)
    const text = new TextDecoder().decode(bytes) + new TextDecoder().decode(ballot.payload)
    const { seed } = ballot.reveal
    const secret = here.voter.credential.secret.toString(16)
    for (const hidden of ['yes', toHex(seed), toBase64url(seed), codeOf(simulation, 0), secret])
      expect(text).not.toContain(hidden)
  })

  it('is refused where it is anything else', () => {
    const { election, signed, ballot } = here
    const notice = submission('notice', utf8('{"sequence":0,"text":"x"}'), [])
    const short = submission('ballot', ballot.payload.subarray(0, 100), signed.signatures)
    const cases = [
      [ballotFile(elsewhere.signed), /another election|not a ballot of this election/],
      [ballotFile(notice), /“notice”: not a ballot/],
      [ballotFile(short), /not a ballot of this election/],
      [utf8(testFile(election, ballot.reveal)), /./],
      [utf8(''), /./],
      [Uint8Array.of(0xff), /./],
    ] as const
    for (const [bytes, why] of cases) {
      expect(() => readBallotFile(election, bytes)).toThrow(DecodeError)
      expect(() => readBallotFile(election, bytes)).toThrow(why)
    }
  })
})

describe('a test file', () => {
  it('says all that makes the ballot again, in this election', () => {
    const { election, ballot } = here
    expect(readTestFile(election, utf8(testFile(election, ballot.reveal)))).toEqual(ballot.reveal)
    expect(() => readTestFile(elsewhere.election, utf8(testFile(election, ballot.reveal)))).toThrow(
      `of another election, ${election.definition.id}`,
    )
  })

  it('is refused where it is anything else', () => {
    const { election, ballot, signed } = here
    const good = JSON.parse(testFile(election, ballot.reveal)) as Record<string, unknown>
    for (const field of Object.keys(good)) {
      const { [field]: _, ...rest } = good
      expect(() => readTestFile(election, utf8(JSON.stringify(rest)))).toThrow(`${field}: missing`)
    }
    for (const wrong of [
      { ...good, seed: 'ab' },
      { ...good, seed: 7 },
      { ...good, replaces: null },
      { ...good, more: 1 },
      { question: yes },
      [],
      null,
    ])
      expect(() => readTestFile(election, utf8(JSON.stringify(wrong)))).toThrow(DecodeError)
    for (const bytes of [ballotFile(signed), utf8('{'), Uint8Array.of(0xff)])
      expect(() => readTestFile(election, bytes)).toThrow(DecodeError)
  })

  it('is refused where nobody could write it down again: choices without end', () => {
    const { election, ballot } = here
    const text = testFile(election, ballot.reveal)
    for (const depth of [2, 100_000]) {
      const nested = `{"question":{"kind":"selection","selected":${'['.repeat(depth)}${']'.repeat(depth)}}}`
      const wrong = text.replace(/"choices": \{[^]*?\n {2}\}/, `"choices": ${nested}`)
      expect(wrong).toContain(nested)
      expect(() => readTestFile(election, utf8(wrong))).toThrow('nested deeper than any choice is')
      expect(() => readChoices(utf8(nested))).toThrow('nested deeper than any choice is')
    }
  })
})

describe('other files', () => {
  it('hold choices as JSON', () => {
    expect(readChoices(utf8(JSON.stringify({ question: yes })))).toEqual({ question: yes })
    for (const bytes of [utf8('{'), Uint8Array.of(0xff)])
      expect(() => readChoices(bytes)).toThrow(DecodeError)
  })

  it('hold a worthless answer whole, with what it was the answer to', () => {
    const { election, signed } = here
    const answer = { entry: 'an entry', proof: 'a proof' }
    const at = { url: 'https://elections.example', time: '2026-01-05T10:00:00Z' }
    const file = evidenceFile(election, signed, { kind: 'unproven', answer, why: 'says nothing' }, at)
    expect(JSON.parse(file)).toEqual({
      ...at,
      election: election.definition.id,
      kind: 'ballot',
      submission: signed.hash,
      why: 'says nothing',
      entry: 'an entry',
      receipt: 'a proof',
      checkpoint: election.checkpoint,
    })
  })
})

describe('the ballot that a code has cast last', () => {
  it('is found with its place and time', async () => {
    const simulation = new Simulation().setUp().pass(60)
    const connection = memoryConnection(simulation)
    const election = await openElection(connection, simulation.definition.id)
    const find = () => identifyVoter(connection, election, codeOf(simulation, 0))
    expect(await find()).toMatchObject({ last: undefined })
    simulation.cast(0, { question: yes })
    const tracker = simulation.course.ballots[0]!.tracker
    expect(await find()).toMatchObject({
      voter: { replaces: tracker },
      last: { tracker, index: simulation.size - 1, batchTime: simulation.now },
    })
  })
})
