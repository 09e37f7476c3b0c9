import {
  checkReceipt,
  type OpenElection,
  type Voter,
  httpConnection,
  identifyVoter,
  sealBallot,
} from '@cista/client'
import type { Choice, Submission } from '@cista/protocol'
import { encodeSubmission } from '@cista/protocol'
import { parseReceipt } from '@cista/board'
import { signSubmission } from '@cista/verifier'
import type { Machine } from './machine.js'

/** A ballot that a server has acknowledged. */
export interface Acknowledged {
  readonly tracker: string
  readonly voter: number
  readonly choice: Choice
  readonly entry: string
  readonly receipt: string
  /** Requests until the answer came. */
  readonly tries: number
}

export interface Casting {
  readonly acknowledged: Acknowledged[]
  /** What must never happen, in words. */
  readonly wrongs: string[]
  /** Notes of checkpoints as any server showed them. */
  readonly notes: Set<string>
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
const patience = 15_000

/**
 * Voters who vote again and again until `stop`, each ballot at whatever replica answers: the same bytes are sent until there is a receipt.
 * Every receipt is verified at once.
 */
export async function castUntil(
  stop: () => boolean,
  election: OpenElection,
  servers: readonly Machine[],
  codes: readonly string[],
  contest: string,
  choiceOf: (number: number) => Choice,
  atOnce: number,
  casting: Casting,
): Promise<void> {
  let number = 0
  const free = codes.map((_, i) => i)
  const voters = new Map<number, Voter>()

  async function client(which: number): Promise<void> {
    while (!stop()) {
      const i = free.shift()!
      const voter = voters.get(i) ?? (await identified(i, which))
      const choice = choiceOf(number++)
      const composed = sealBallot(election, voter, { [contest]: choice })
      if ('faults' in composed) throw new Error('a ballot is refused before it is cast')
      const { tracker, payload } = composed.ballot
      const signer = { by: 'credential', secret: voter.credential.secret }
      const s = signSubmission(election.definition.id, 'ballot', payload, [signer])
      const { entry, receipt, tries } = await sent(s, which)
      try {
        checkReceipt(election, { entry, proof: receipt }, tracker)
      } catch (error) {
        casting.wrongs.push(`a receipt does not verify: ${(error as Error).message}`)
      }
      casting.notes.add(parseReceipt(receipt).checkpoint)
      casting.acknowledged.push({ tracker, voter: i, choice, entry, receipt, tries })
      voters.set(i, { ...voter, replaces: tracker })
      free.push(i)
    }
  }

  async function identified(i: number, which: number): Promise<Voter> {
    for (let turn = which; ; turn++) {
      const server = servers[turn % servers.length]!
      try {
        const connection = httpConnection(server.url, election.definition.id, impatient)
        const found = await identifyVoter(connection, election, codes[i]!)
        if ('fault' in found) throw new Error(found.why)
        return found.voter
      } catch {
        await sleep(200)
      }
    }
  }

  /** Until there is a receipt. What a correct ballot may be told meanwhile is that the server is busy, and nothing else. */
  async function sent(s: Submission, which: number) {
    const body = new Uint8Array(encodeSubmission(s))
    for (let tries = 1; ; tries++) {
      const server = servers[(which + tries) % servers.length]!
      try {
        const url = `${server.url}/api/elections/${election.definition.id}/entries`
        const answer = await impatient(url, { method: 'POST', body })
        const json = (await answer.json()) as { entry: string; receipt: string; detail?: string }
        if (answer.status === 200 || answer.status === 201) return { ...json, tries }
        if (answer.status !== 503)
          casting.wrongs.push(`${server.name} answers ${answer.status}: ${json.detail}`)
      } catch {
        // Killed, frozen or not there yet.
      }
      await sleep(100 + 50 * Math.min(tries, 20))
    }
  }

  await Promise.all(Array.from({ length: atOnce }, (_, which) => client(which)))
}

const impatient = ((url: string, init?: RequestInit) =>
  fetch(url, { ...init, signal: AbortSignal.timeout(patience) })) as typeof fetch

/** What anybody sees who looks at the checkpoints of all replicas, now and then. */
export async function lookAround(
  stop: () => boolean,
  election: string,
  servers: readonly Machine[],
  notes: Set<string>,
): Promise<void> {
  while (!stop()) {
    for (const server of servers)
      try {
        const answer = await fetch(`${server.url}/elections/${election}/checkpoint`, {
          signal: AbortSignal.timeout(1_000),
        })
        if (answer.ok) notes.add(await answer.text())
      } catch {
        // Not there at this moment.
      }
    await sleep(250)
  }
}
