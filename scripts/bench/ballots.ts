import { fromBase64url, fromHex, payloadHash } from '@cista/board'
import { contestsOf, sealBallot } from '@cista/client'
import { cellsRelation, ristretto255, verifyBatchable, verifySignature } from '@cista/crypto'
import {
  type Choice,
  type Contest,
  type Manifest,
  contestTag,
  decodePayload,
  signatureTag,
} from '@cista/protocol'
import { Simulation, loadPabulib, pabulibLanguage, toContest } from '@cista/testkit'
import { type BallotJob, checkBallots, signSubmission } from '@cista/verifier'

export interface BallotFigures {
  readonly name: string
  readonly cells: number
  readonly bytes: number
  /** Milliseconds per ballot. */
  readonly seal: number
  readonly oneByOne: number
  readonly batched: number
}
export interface BenchElection {
  readonly name: string
  readonly manifest: Partial<Manifest>
  readonly contest: string
  readonly choices: readonly Choice[]
}

/** Ballots of one measurement. */
const count = 32

export async function benchElections(): Promise<BenchElection[]> {
  const real = await Promise.all((['cumulative', 'ordinal', 'approval'] as const).map(loadPabulib))
  const names = [
    'points, 8 options (Grabówka)',
    'ranking, 10 options (Swoszowice)',
    'approval, 38 options (Rembertów)',
  ]
  const question: Contest = {
    id: 'question',
    kind: 'selection',
    max: 1,
    min: 1,
    options: ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id, title: { en: id } })),
    title: { en: 'One of five' },
  }
  return [
    {
      name: 'one of five',
      manifest: manifestOf(question, 'en'),
      contest: question.id,
      choices: [{ kind: 'selection', selected: ['c'] }],
    },
    ...real.map((pb, i) => {
      const contest = toContest(pb)
      const manifest = manifestOf(contest, pabulibLanguage(pb))
      return { name: names[i]!, manifest, contest: contest.id, choices: pb.ballots.map((b) => b.choice) }
    }),
  ]
}

function manifestOf(contest: Contest, language: string): Partial<Manifest> {
  return {
    contests: [contest],
    languages: [language],
    title: { [language]: 'Bench' },
    styles: [{ contests: [contest.id], id: 'all' }],
    units: [{ contest: contest.id, id: contest.id, styles: ['all'] }],
  }
}

/** Size of a ballot, and what it costs to make, to verify alone as the draft writes it, and in a batch. */
export function measureBallots({ name, manifest, contest, choices }: BenchElection): BallotFigures {
  const simulation = new Simulation({ manifest, voters: Array.from({ length: count }, () => ({})) }).setUp()
  const election = simulation.ballotElection
  const seal = (i: number) => {
    const composed = sealBallot(election, simulation.voters[i]!, { [contest]: choices[i % choices.length]! })
    if ('faults' in composed) throw new Error(composed.faults[0]!.why)
    return composed.ballot
  }
  seal(0)
  const [ballots, sealTime] = timed(() => Array.from({ length: count }, (_, i) => seal(i)))
  const jobs = ballots.map(({ payload }, i): BallotJob => {
    const { secret } = simulation.voters[i]!.credential
    const { signatures } = signSubmission(election.definition.id, 'ballot', payload, [
      { by: 'credential', secret },
    ])
    return { payload, signatures }
  })
  checkBallots(election.context, jobs.slice(0, 1))
  const [findings, batched] = timed(() => checkBallots(election.context, jobs))
  if (findings.flat().length > 0) throw new Error('a good ballot is refused')
  const few = jobs.slice(0, 6)
  const [, alone] = timed(() => few.forEach((job) => verifyAlone(simulation, job)))
  return {
    name,
    cells: contestsOf(election.definition.manifest, 'all').reduce(
      (sum, _, i) => sum + election.definition.forms[i]!.cells,
      0,
    ),
    bytes: Math.round(jobs.reduce((sum, j) => sum + j.payload.length, 0) / count),
    seal: sealTime / count,
    oneByOne: alone / few.length,
    batched: batched / count,
  }
}

/** Equation by equation, with nothing shared between proofs. */
function verifyAlone(
  { ballotElection: { definition, key, context } }: Simulation,
  { payload, signatures }: BallotJob,
): void {
  const ballot = decodePayload(definition.codecs, 'ballot', payload)
  const { proof } = signatures[0]!
  const tag = signatureTag(definition.id, 'ballot', 'credential', payloadHash(payload))
  const good = [
    verifySignature(fromHex(ballot.credential), tag, fromBase64url(proof)),
    ...ballot.contests.map(({ ciphertexts, proof: contestProof }, i) => {
      const index = definition.styles.get(ballot.style)![i]!
      const relation = cellsRelation(key, definition.forms[index]!, fromBase64url(ciphertexts))
      const contest = contestTag(context.opening, ballot.credential, ballot.replaces, index)
      return verifyBatchable(ristretto255, relation, fromBase64url(contestProof), contest)
    }),
  ]
  if (!good.every(Boolean)) throw new Error('a good ballot is refused')
}

function timed<T>(work: () => T): [T, number] {
  const started = performance.now()
  const value = work()
  return [value, performance.now() - started]
}
