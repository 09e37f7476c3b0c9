import { DecodeError, fromUtf8, toHex, utf8 } from '@cista/board'
import {
  type BallotReceipt,
  type OpenElection,
  type SealedBallot,
  type Voter,
  castBallot,
  checkReceipt,
  httpConnection,
  identifyVoter,
  openElection,
  readAnnouncements,
  sealBallot,
  trackBallot,
} from '@cista/client'
import { decodeSubmission } from '@cista/protocol'
import { type Simulation, memoryConnection, north, testCode } from '@cista/testkit'
import { type Fetch, Unreachable } from '@cista/verifier'
import { mutateBytes } from '../bytes.js'
import { mutateJson } from '../json.js'
import { type Random, chance } from '../random.js'
import { type Target, holds, parser } from '../target.js'
import { mutateText } from '../text.js'
import { voterFileTargets } from './voterFiles.js'

/** What a server answers to each request of one voter, in their order. */
interface Answer {
  readonly url: string
  readonly status: number
  readonly body: Uint8Array
}

const address = 'https://elections.example'

/** One of the answers changed. */
function mutateAnswers(answers: readonly Answer[], random: Random): Answer[] {
  const at = random.below(answers.length)
  const other = answers[random.below(answers.length)]!.body
  return answers.map((answer, i) => (i === at ? mutated(answer) : answer))

  function mutated(answer: Answer): Answer {
    if (chance(random, 12))
      return { ...answer, status: [200, 201, 204, 301, 404, 409, 500][random.below(7)]! }
    if (chance(random, 12)) return { ...answer, body: other }
    const { body } = answer
    if (body[0] === 0x7b) return { ...answer, body: mutateJson(body, random) }
    return {
      ...answer,
      body: answer.url.endsWith('/checkpoint') ? mutateText(body, random) : mutateBytes(body, random, other),
    }
  }
}

/** The HTTP interface of a server of this election. */
function serving(s: Simulation): Fetch {
  const { id } = s.definition
  const { record, hints, post } = memoryConnection(s)
  const [api, files] = [`${address}/api/elections/${id}`, `${address}/elections/${id}/`]
  return async (url, init) => {
    const [status, body] = await answer(url, init?.body)
    const bytes = body instanceof Uint8Array ? body : utf8(JSON.stringify(body ?? {}))
    return { status, arrayBuffer: async () => new Uint8Array(bytes).buffer }
  }

  async function answer(url: string, posted?: Uint8Array): Promise<[number, unknown]> {
    if (url.startsWith(files)) return found(await record.read(url.slice(files.length)))
    const { ceremony: setup, opened } = await hints.setup()
    if (url === api) return [200, { setup, opened, announced: await hints.announced() }]
    if (posted !== undefined) {
      const outcome = await post(decodeSubmission(posted))
      if (outcome.kind === 'refused') return [outcome.problem.status, outcome.problem]
      return [201, { entry: fromUtf8(outcome.entry), receipt: outcome.receipt }]
    }
    const [, kind, name = ''] = /\/(credentials|ballots)\/(.*)$/.exec(url) ?? []
    if (kind === 'ballots') return found(await indexOf(name))
    const { ballot, ...rest } = await hints.credential(name)
    return [200, { ...rest, ballot: ballot === null ? null : { index: ballot } }]
  }

  async function indexOf(tracker: string): Promise<object | undefined> {
    const index = await hints.ballot(tracker)
    return index === undefined ? undefined : { index }
  }
}

const found = (body: unknown): [number, unknown] => (body === undefined ? [404, {}] : [200, body])

/** Answers in their order, request by request; what was not asked for then is asked of the server as it is now. */
function replaying(answers: readonly Answer[], now: Fetch): Fetch {
  const left = [...answers]
  return async (url, init) => {
    const at = left.findIndex((answer) => answer.url === url)
    if (at < 0)
      return init?.body === undefined ? now(url) : { status: 404, arrayBuffer: async () => new ArrayBuffer() }
    const [{ status, body }] = left.splice(at, 1) as [Answer]
    return { status, arrayBuffer: async () => new Uint8Array(body).buffer }
  }
}

/** A voter opens an election, is found on the roll, casts, keeps a receipt looks for the ballot, and reads the news. */
async function session(s: Simulation, fetch: Fetch, given?: SealedBallot): Promise<SealedBallot | undefined> {
  const { id } = s.definition
  const connection = httpConnection(address, id, fetch)
  const election = await openElection(connection, id)
  holds(election.context.key === s.ballotElection.context.key, 'another election key')
  const identified = await identifyVoter(connection, election, testCode(id, rekeyed))
  if ('fault' in identified) return undefined
  const { voter } = identified
  holds(voter.credential.key === s.credential(rekeyed).key, 'another credential')
  const ballot = given ?? sealed(election, voter)
  const outcome = await castBallot(connection, election, voter, ballot)
  if (outcome.kind === 'refused') return undefined
  holds(checkReceipt(election, outcome.receipt, ballot.tracker).index === outcome.index, 'another receipt')
  const tracked = await trackBallot(connection, election, ballot.tracker)
  if (tracked.kind === 'missing') return undefined
  holds(tracked.index === outcome.index, 'a ballot in two places')
  const read = await readAnnouncements(connection, id)
  holds(
    read.every(({ text }) => text === news),
    'words that nobody has signed',
  )
  return ballot
}

/** What the administrators of the election say. */
const news = 'Polls are busy.'

/** The voter whose code replaced another, so that the client follows the roll through a change. */
const rekeyed = 9

function sealed(election: OpenElection, voter: Voter): SealedBallot {
  const composed = sealBallot(election, voter, north('a'))
  if ('faults' in composed) throw new Error(composed.faults.map((fault) => fault.why).join())
  return composed.ballot
}

/** A receipt as a page finds it where it was kept; undefined for what does not even have its fields. */
function textsOf(input: Uint8Array): BallotReceipt | undefined {
  try {
    const { entry, proof } = JSON.parse(new TextDecoder().decode(input))
    return typeof entry === 'string' && typeof proof === 'string' ? { entry, proof } : undefined
  } catch {
    return undefined
  }
}

/** The same session while one answer of the server is not what it should be. */
export async function clientTargets(open: Simulation): Promise<Target[]> {
  open.post('notice', { text: news })
  const server = serving(open)
  const answers: Answer[] = []
  const ballot = await session(open, async (url, init) => {
    const response = await server(url, init)
    const body = new Uint8Array(await response.arrayBuffer())
    answers.push({ url, status: response.status, body })
    return { ...response, arrayBuffer: async () => body.slice().buffer }
  })
  const election = await openElection(httpConnection(address, open.definition.id, server), open.definition.id)
  const posted = answers.find(({ status }) => status === 201)!.body
  const { entry, receipt: proof } = JSON.parse(new TextDecoder().decode(posted))
  const receipt = utf8(JSON.stringify({ entry, proof }))
  const target: Target<readonly Answer[]> = {
    name: 'voter’s client',
    least: 3_000,
    samples: [answers],
    mutate: (sample, random) => mutateAnswers(sample, random),
    refusals: [DecodeError, Unreachable],
    show: (input) =>
      utf8(
        JSON.stringify(
          input.map((a) => ({ ...a, body: toHex(a.body) })),
          null,
          1,
        ),
      ),
    run: async (input) => (await session(open, replaying(input, server), ballot)) !== undefined,
  }
  const kept = parser('kept receipt', 'json', [receipt], (input) => {
    const given = textsOf(input)
    return given !== undefined && checkReceipt(election, given, ballot!.tracker).kind === 'ballot'
  })
  return [target as Target, kept as Target, ...voterFileTargets(election, open, ballot!)]
}
