import { toBase64url, utf8 } from '@cista/board'
import type { Choices } from '@cista/client'
import { type Ballot, encodePayload } from '@cista/protocol'
import { Simulation, north, votingElection } from '@cista/testkit'
import {
  type BallotJob,
  type ProofPool,
  checkBallots,
  localPool,
  signSubmission,
  verifyRecord,
} from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const voting = votingElection()
const { context, definition } = voting.ballotElection

/** A ballot as it is submitted, changed before its voter signs. */
function job(
  s: Simulation,
  voter: number,
  choices: Choices,
  change: (ballot: Ballot) => Ballot = (b) => b,
): BallotJob {
  const sealed = JSON.parse(new TextDecoder().decode(s.seal(voter, choices).payload)) as Ballot
  const payload = encodePayload(s.definition.codecs, 'ballot', change(sealed))
  return { payload, signatures: signedBy(s, voter, payload) }
}
const signedBy = (s: Simulation, voter: number, payload: Uint8Array) =>
  signSubmission(s.definition.id, 'ballot', payload, [
    { by: 'credential', secret: s.credential(voter).secret },
  ]).signatures

const found = (jobs: readonly BallotJob[]) =>
  checkBallots(context, jobs).map((own) => own.map(({ code, at }) => `${code} at ${at}`))

describe('ballots that are verified together', () => {
  const good = job(voting, 0, north('a'))
  const withCiphertexts = (ciphertexts: string) => (ballot: Ballot) => ({
    ...ballot,
    contests: ballot.contests.map((c, i) => (i === 1 ? { ...c, ciphertexts } : c)),
  })
  const cells = definition.forms[definition.styles.get('north')![1]!]!.cells

  it('keep each its own findings, at their place', () => {
    const noJson = { payload: utf8('{'), signatures: [] }
    const swapped = job(voting, 3, north('b'), (ballot) => ({
      ...ballot,
      contests: ballot.contests.map((c, i) =>
        i === 0
          ? c
          : { ...c, proof: ballot.contests[i]!.proof.replace(/^./, (first) => (first === 'B' ? 'C' : 'B')) },
      ),
    }))
    const unsigned = { ...good, signatures: [] }
    const twice = { ...good, signatures: [...good.signatures, ...good.signatures] }
    const others = { ...good, signatures: signedBy(voting, 3, good.payload) }
    const misshapen = { payload: utf8('{"contests":1}'), signatures: good.signatures }
    const identity = job(voting, 3, north('a'), withCiphertexts(toBase64url(new Uint8Array(64 * cells))))
    const jobs = [good, noJson, swapped, good, unsigned, twice, others, misshapen, identity, good]
    expect(found(jobs)).toEqual([
      [],
      [expect.stringMatching(/^BALLOT_ENCODING at ballot/)],
      ['BALLOT_PROOF at contests[1]'],
      [],
      ['BALLOT_SIGNATURE at signature'],
      ['BALLOT_SIGNATURE at signature'],
      ['BALLOT_SIGNATURE at signature'],
      [expect.stringMatching(/^BALLOT_ENCODING at ballot/)],
      ['BALLOT_ENCODING at contests[1].ciphertexts'],
      [],
    ])
  })

  it('whose credential is no key have no signature', () => {
    const stranger = job(voting, 0, north('a'), (ballot) => ({ ...ballot, credential: 'ff'.repeat(32) }))
    expect(found([stranger, good])).toEqual([['BALLOT_SIGNATURE at signature'], []])
  })

  it('are none', () => expect(checkBallots(context, [])).toEqual([]))

  it('say what each finding means', () => {
    const [own] = checkBallots(context, [{ ...good, signatures: [] }])
    expect(own![0]!.why).toMatch(/one signature/)
    const [none] = checkBallots(context, [{ ...good, signatures: signedBy(voting, 3, good.payload) }])
    expect(none![0]!.why).toMatch(/not that of the credential/)
  })

  it('are not blamed for a fault of the program', () => {
    expect(() => checkBallots(context, [{ payload: undefined as never, signatures: [] }])).toThrow(TypeError)
  })
})

describe('an election of 70 ballots', () => {
  it('is verified in slices, as many at once as the pool has threads', async () => {
    const s = new Simulation({ voters: Array.from({ length: 70 }, () => ({})) }).setUp()
    for (let i = 0; i < 70; i++)
      s.cast(i, { question: { kind: 'selection', selected: [i % 7 === 0 ? 'no' : 'yes'] } })
    await s.finish()
    const slices = { ballots: [] as number[], sums: [] as number[] }
    let running = 0
    let most = 0
    const counted = async <T>(work: () => Promise<T>): Promise<T> => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 5))
      const answer = await work()
      running--
      return answer
    }
    const pool: ProofPool = {
      threads: 2,
      checkBallots: (ctx, jobs) => {
        slices.ballots.push(jobs.length)
        return counted(() => localPool.checkBallots(ctx, jobs))
      },
      addUp: (ctx, jobs) => {
        slices.sums.push(jobs.length)
        return counted(() => localPool.addUp(ctx, jobs))
      },
    }
    const told: { readonly check: string; readonly done: number }[] = []
    const report = await verifyRecord(await s.record(), { pool, progress: (p) => told.push(p) })
    expect(report.verdict).toBe('verified')
    expect(report.results[0]!.totals.map((t) => t.votes)).toEqual([60, 10])
    expect(slices).toEqual({ ballots: [32, 32, 6], sums: [64, 6] })
    expect(most).toBe(2)
    const doneBy = (id: string) => told.filter(({ check }) => check === id).map(({ done }) => done)
    for (const id of ['V6', 'V8']) {
      expect(doneBy(id).at(-1)).toBe(70)
      expect(doneBy(id).every((done) => done > 0)).toBe(true)
    }
  })
})
