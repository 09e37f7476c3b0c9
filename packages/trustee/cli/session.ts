import { setTimeout as sleep } from 'node:timers/promises'
import { DecodeError, type RecordSource, fromUtf8, payloadHash, verifyReceipt } from '@cista/board'
import { type Definition, type Submission, defineElection } from '@cista/protocol'
import { Failure, keepEvidence } from '@cista/terminal'
import { type Fetch, Unreachable, getJson, httpRecord, policyOf, postSubmission } from '@cista/verifier'
import { patientFetch } from './patience.js'

const pollMilliseconds = 1_000
/** A record is followed again after so many polls, even if the server's status says that nothing has changed. */
const mostPolls = 10

/** One election on one server. Nothing that the server says is believed, save as a hint when to look again. */
export interface Session {
  readonly definition: Definition
  readonly source: RecordSource
  /** Posts, and verifies the receipt. @throws {Failure} if the server refuses. */
  post(s: Submission): Promise<void>
  /** What the server says of the stage and the ceremony. */
  hint(): Promise<Hint>
  /** Resolves when there may be something new since that hint. */
  changed(since: Hint): Promise<void>
  /** Resolves when the server says that the tally is there, or the election has ended. */
  tallied(): Promise<void>
}

export interface Hint {
  readonly stage: unknown
  readonly text: string
}

const fetchOnce: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(60_000) })

/** @param waiting for who waits: is told when the server goes away, which is outlasted from the first contact on. */
export async function openSession(
  server: string,
  election: string,
  waiting?: (line: string) => void,
): Promise<Session> {
  const get = waiting === undefined ? fetchOnce : patientFetch(fetchOnce, waiting)
  const base = server.replace(/\/+$/, '')
  const folder = `${base}/elections/${election}`
  const api = `${base}/api/elections/${election}`
  // Payloads stand under their hash, and the manifest's is the election id.
  const manifest = await httpRecord(folder, get).read(`payload/${election}`)
  if (manifest === undefined || payloadHash(manifest) !== election)
    throw new Failure(`${base} has no election ${election}`)
  const definition = defineElection(manifest)

  const session: Session = {
    definition,
    source: httpRecord(folder, get),

    async post(s) {
      const url = `${api}/entries`
      const outcome = await postSubmission(url, s, get)
      if (outcome.kind === 'refused') {
        const { detail, findings } = outcome.problem
        throw new Failure(
          `the server refuses: ${detail}`,
          findings.map(({ code, at, why }) => `${at}: ${why} (${code})`),
        )
      }
      try {
        const { entry } = verifyReceipt(outcome.entry, outcome.receipt, policyOf(definition))
        if (entry.payload !== s.hash)
          throw new DecodeError('entry', 'holds another payload than the one sent')
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        const answer = { url, election, entry: fromUtf8(outcome.entry), receipt: outcome.receipt }
        const kept = await keepEvidence(s, answer)
        throw new Failure(`the server's receipt is worth nothing: ${error.message}`, [kept])
      }
    },

    async hint() {
      const status = (await getJson(api, get)) ?? {}
      const { stage, attempt, joined, dealt, confirmed, complaint } = status
      return { stage, text: JSON.stringify([stage, attempt, joined, dealt, confirmed, complaint]) }
    },

    async changed(since) {
      for (let poll = 0; poll < mostPolls; poll++) {
        await sleep(pollMilliseconds)
        const now = await patiently(session.hint)
        if (now !== undefined && now.text !== since.text) return
      }
    },

    async tallied() {
      for (;;) {
        const now = await patiently(session.hint)
        if (now?.stage === 'tallied' || now?.stage === 'ended') return
        await sleep(pollMilliseconds)
      }
    },
  }
  return session
}

/** Undefined where the server gives no status: who waits outlasts that. */
async function patiently(hint: () => Promise<Hint>): Promise<Hint | undefined> {
  try {
    return await hint()
  } catch (error) {
    if (error instanceof Unreachable) return undefined
    throw error
  }
}
