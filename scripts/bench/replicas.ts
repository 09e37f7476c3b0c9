import {
  type OpenElection,
  type SealedBallot,
  type Voter,
  checkReceipt,
  httpConnection,
  identifyVoter,
  openElection,
  sealBallot,
} from '@cista/client'
import { encodeSubmission } from '@cista/protocol'
import { signSubmission } from '@cista/verifier'
import { type RunningServer, startServer } from '../demo/processes.js'
import type { FilledBoard } from './board.js'

const atOnce = 64

export interface ReplicaFigures {
  readonly ballots: number
  readonly perSecond: number
  /** Milliseconds from request to receipt, ascending. */
  readonly times: readonly number[]
}

/** The command cista-server, several times on the database of a board. */
export async function startReplicas(
  board: FilledBoard,
  count: number,
  databaseUrl: string,
): Promise<RunningServer[]> {
  const servers: RunningServer[] = []
  for (let i = 0; i < count; i++)
    servers.push(
      await startServer(['--data', board.data(i), '--port', '0'], {
        DATABASE_URL: databaseUrl,
        CISTA_BOARD_SECRET_FILE: board.boardSecret,
        CISTA_RATE_LIMIT: '0',
        CISTA_LOG_LEVEL: 'error',
      }),
    )
  return servers
}

/** Ballots made before the clock starts, then cast by 64 clients at once, spread over the replicas. Every receipt is verified afterwards. */
export async function measureReplicas(
  board: FilledBoard,
  servers: readonly RunningServer[],
  voters: readonly number[],
  ready: () => void,
): Promise<ReplicaFigures> {
  const { id } = board.load
  const connection = httpConnection(servers[0]!.url, id, fetch)
  const election = await openElection(connection, id)
  const sealed: { readonly voter: Voter; readonly ballot: SealedBallot }[] = []
  for (const i of voters) sealed.push(seal(election, await voterOf(i)))
  // Whatever starts with the first ballot has started.
  for (const server of servers) await openElection(httpConnection(server.url, id, fetch), id)
  ready()
  const times: number[] = []
  const receipts: { readonly tracker: string; readonly entry: string; readonly receipt: string }[] = []
  let next = 0
  const client = async () => {
    while (next < sealed.length) {
      const i = next++
      const { voter, ballot } = sealed[i]!
      const signer = { by: 'credential', secret: voter.credential.secret }
      const body = new Uint8Array(encodeSubmission(signSubmission(id, 'ballot', ballot.payload, [signer])))
      const from = performance.now()
      const url = `${servers[i % servers.length]!.url}/api/elections/${id}/entries`
      const answer = await fetch(url, { method: 'POST', body })
      const json = (await answer.json()) as { entry: string; receipt: string; detail?: string }
      times.push(performance.now() - from)
      if (answer.status !== 201) throw new Error(`${answer.status}: ${json.detail}`)
      receipts.push({ ...json, tracker: ballot.tracker })
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: atOnce }, client))
  const seconds = (performance.now() - started) / 1000
  for (const { entry, receipt, tracker } of receipts)
    checkReceipt(election, { entry, proof: receipt }, tracker)
  return { ballots: sealed.length, perSecond: sealed.length / seconds, times: times.sort((a, b) => a - b) }

  async function voterOf(i: number): Promise<Voter> {
    const identified = await identifyVoter(connection, election, board.load.code(i))
    if ('fault' in identified) throw new Error(identified.why)
    return identified.voter
  }
}

function seal(election: OpenElection, voter: Voter): { voter: Voter; ballot: SealedBallot } {
  const composed = sealBallot(election, voter, { question: { kind: 'selection', selected: ['yes'] } })
  if ('faults' in composed) throw new Error('a ballot is refused before it is cast')
  return { voter, ballot: composed.ballot }
}
