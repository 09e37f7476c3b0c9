import { DecodeError, type RecordSource, choice, nullable, object, timestamp } from '@cista/board'
import type { Submission } from '@cista/protocol'
import {
  type Fetch,
  type SubmitOutcome,
  Unreachable,
  getJson,
  httpRecord,
  postSubmission,
} from '@cista/verifier'

/**
 * Where in the record to look. Hints need no trust: whatever they point at is verified by its inclusion proof, and a hint left out can
 * only make a ballot be refused, never be changed.
 */
export interface Hints {
  /** Entries of the key ceremony's confirmed attempt, and `opened`; null before voting is open. */
  setup(): Promise<{ readonly ceremony: readonly number[]; readonly opened: number | null }>
  /** How far the election is. Nothing is verified by it: it is for words only. */
  phase(): Promise<PhaseHints>
  /** Where a credential stands: its chunk of the roll, later changes that name it, its cancellation, its last ballot. */
  credential(key: string): Promise<CredentialHints>
  /** Entries by which the administrators tell the public something, the latest at least. */
  announced(): Promise<readonly number[]>
  /** Index of the ballot with this tracker; undefined if there is none. */
  ballot(tracker: string): Promise<number | undefined>
}
export interface PhaseHints {
  readonly stage: (typeof stages)[number]
  /** Opening time as planned, closing time in force; RFC 3339. */
  readonly opens: string
  readonly closes: string
  readonly ended: 'result' | 'aborted' | null
  /** Entry `opened`. */
  readonly opened: number | null
}
export interface CredentialHints {
  readonly roll: number | null
  readonly changes: readonly number[]
  readonly cancelled: number | null
  readonly ballot: number | null
}

const stages = ['setup', 'open', 'closed', 'tallied', 'ended'] as const

/** Everything from outside that a voter's client needs. */
export interface Connection {
  readonly record: RecordSource
  readonly hints: Hints
  post(ballot: Submission): Promise<SubmitOutcome>
}

/** The server has no such election: its id is wrong, or the server's address. */
export class UnknownElection extends Unreachable {}

/** @param server address of a server of elections, without a path of its own. */
export function httpConnection(server: string, electionId: string, fetch: Fetch): Connection {
  const base = server.replace(/\/+$/, '')
  const api = `${base}/api/elections/${electionId}`
  const get = async (path: string) => {
    const answer = await getJson(`${api}${path}`, fetch)
    if (answer === undefined) throw new UnknownElection(`${base} does not know election ${electionId}`)
    return answer
  }
  // Who asks at the same time is told the same.
  let asking: ReturnType<typeof get> | undefined
  const status = () =>
    (asking ??= get('').finally(() => {
      asking = undefined
    }))
  return {
    record: httpRecord(`${base}/elections/${electionId}`, fetch),
    hints: {
      async setup() {
        const { setup, opened } = await status()
        return { ceremony: indices(setup), opened: index(opened) }
      },
      async phase() {
        const { stage, opens, closes, ended, opened } = await status()
        try {
          return {
            ...phaseCodec.decode({ stage, opens, closes, ended }, 'status'),
            opened: index(opened),
          }
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error
          throw new Unreachable(`${api} does not say how far the election is: ${error.message}`)
        }
      },
      async announced() {
        return indices((await status())['announced'])
      },
      async credential(key) {
        const { roll, changes, cancelled, ballot } = await get(`/credentials/${key}`)
        const last =
          typeof ballot === 'object' && ballot !== null ? (ballot as { index?: unknown }).index : null
        return {
          roll: index(roll),
          changes: indices(changes),
          cancelled: index(cancelled),
          ballot: index(last),
        }
      },
      async ballot(tracker) {
        const answer = await getJson(`${api}/ballots/${tracker}`, fetch)
        return index(answer?.['index'] ?? null) ?? undefined
      },
    },
    post: (ballot) => postSubmission(`${api}/entries`, ballot, fetch),
  }
}

const phaseCodec = object({
  stage: choice(...stages),
  opens: timestamp,
  closes: timestamp,
  ended: nullable(choice('result', 'aborted')),
})

function index(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

function indices(value: unknown): number[] {
  return Array.isArray(value) ? value.flatMap((v: unknown) => index(v) ?? []) : []
}
