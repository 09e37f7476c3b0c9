import { type RecordSource, fromUtf8, utf8 } from '@cista/board'
import {
  type Connection,
  type OpenElection,
  type SealedBallot,
  type Voter,
  httpConnection,
  identifyVoter,
  sealBallot,
} from '@cista/client'
import { type Choice, decodeSubmission, makeCode } from '@cista/protocol'
import { type Simulation, testCode } from '@cista/testkit'
import type { Fetch } from '@cista/verifier'

export const yes: Choice = { kind: 'selection', selected: ['yes'] }
export const no: Choice = { kind: 'selection', selected: ['no'] }

export const codeOf = (simulation: Simulation, voter: number): string =>
  testCode(simulation.definition.id, voter)
/** A code that nobody has. */
export const strangeCode = (electionId: string): string => makeCode(electionId, new Uint8Array(26).fill(7))

export async function identified(
  connection: Connection,
  election: OpenElection,
  code: string,
): Promise<Voter> {
  const outcome = await identifyVoter(connection, election, code)
  if ('fault' in outcome) throw new Error(outcome.why)
  return outcome.voter
}

export function sealed(election: OpenElection, voter: Voter, choice: Choice): SealedBallot {
  const composed = sealBallot(election, voter, { question: choice })
  if ('faults' in composed) throw new Error(composed.faults.map((f) => f.why).join())
  return composed.ballot
}

/** A server that lies: other bytes for some files, other hints, other answers. */
export function lying(
  honest: Connection,
  lies: {
    readonly read?: (path: string, record: RecordSource) => Promise<Uint8Array | undefined>
    readonly hints?: Partial<Connection['hints']>
    readonly post?: Connection['post']
  },
): Connection {
  return {
    record: { read: (path) => lies.read?.(path, honest.record) ?? honest.record.read(path) },
    hints: { ...honest.hints, ...lies.hints },
    post: lies.post ?? honest.post,
  }
}

/** The HTTP interface of a server of elections, answered from a connection. */
export function overHttp(
  simulation: Simulation,
  served: Connection,
): { connection: Connection; asked: string[] } {
  const { id } = simulation.definition
  const [server, api, record] = ['https://elections.example', `/api/elections/${id}`, `/elections/${id}/`]
  const asked: string[] = []
  const fetch: Fetch = async (url, init) => {
    asked.push(url)
    const [status, body] = await answer(url.slice(server.length), init?.body)
    const bytes = body instanceof Uint8Array ? body : utf8(JSON.stringify(body))
    return { status, arrayBuffer: async () => new Uint8Array(bytes).buffer }
  }
  return { connection: httpConnection(server, id, fetch), asked }

  async function answer(path: string, posted: Uint8Array | undefined): Promise<[number, unknown]> {
    if (path.startsWith(record)) return found(await served.record.read(path.slice(record.length)))
    if (path === api) {
      const { ceremony } = await served.hints.setup()
      const announced = await served.hints.announced()
      return [200, { setup: ceremony, announced, ...(await served.hints.phase()) }]
    }
    if (path === `${api}/entries` && posted !== undefined) {
      const outcome = await served.post(decodeSubmission(posted))
      return outcome.kind === 'logged'
        ? [201, { entry: fromUtf8(outcome.entry), receipt: outcome.receipt }]
        : [outcome.problem.status, outcome.problem]
    }
    const [, resource, name] = /^\/(credentials|ballots)\/([0-9a-f]{64})$/.exec(path.slice(api.length)) ?? []
    if (resource === 'ballots') {
      const index = await served.hints.ballot(name!)
      return index === undefined ? [404, {}] : [200, { index }]
    }
    if (resource === undefined) return [404, {}]
    const { ballot, ...hints } = await served.hints.credential(name!)
    return [200, { ...hints, ballot: ballot === null ? null : { index: ballot } }]
  }
}
const found = (bytes: Uint8Array | undefined): [number, unknown] =>
  bytes === undefined ? [404, {}] : [200, bytes]
