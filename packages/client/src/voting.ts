import { DecodeError } from '@cista/board'
import { type Problem, Unreachable } from '@cista/verifier'
import { openBoard } from './board.js'
import type { Connection } from './connection.js'

/** Whether one can vote, in words: `<what>: <detail>` makes a sentence. */
export interface Voting {
  readonly kind: 'early' | 'late' | 'never' | 'open' | 'closed' | 'result' | 'aborted'
  /** Whether voting has ever been open, so that there are a key and perhaps ballots. */
  readonly opened: boolean
  readonly what: string
  readonly detail: string
}

/**
 * How far the election is. The server says it, for words only: whether a ballot verifies and is on the board never depends on it. How an
 * election has ended is read from the board.
 * @param now RFC 3339, by the device's clock.
 * @throws {DecodeError} where the board does not verify, or has not ended as the server says.
 */
export async function votingNow(connection: Connection, id: string, now: string): Promise<Voting> {
  const { stage, opens, closes, ended, opened: index } = await connection.hints.phase()
  const opened = index !== null
  if (ended !== null) return { kind: ended, opened, ...(await ending(connection, id, ended)) }
  if (stage === 'open')
    return { kind: 'open', opened, what: 'voting is open', detail: `it closes at ${closes}` }
  if (stage !== 'setup') {
    const detail =
      now < closes ? `it was closed on request, before ${closes}` : `the closing time was ${closes}`
    return { kind: 'closed', opened, what: 'voting has closed', detail }
  }
  if (now >= closes) {
    const detail = `it cannot open any more, the closing time ${closes} has passed`
    return { kind: 'never', opened, what: 'voting has never opened', detail }
  }
  const what = 'voting is not open yet'
  return now < opens
    ? { kind: 'early', opened, what, detail: `it opens at ${opens} at the earliest` }
    : { kind: 'late', opened, what, detail: `it was to open at ${opens}, but preparations are not done` }
}

async function ending({ record }: Connection, id: string, ended: 'result' | 'aborted') {
  const { reader } = await openBoard(record, id)
  // Nothing follows either of them.
  const { entry, payload } = await reader.read(reader.checkpoint.size - 1)
  if (payload.kind !== ended)
    throw new DecodeError(`entry ${entry.index}`, `a ${payload.kind}, where the server says ${ended}`)
  return payload.kind === 'aborted'
    ? {
        what: 'the election was aborted',
        detail: `at ${entry.batchTime}, for this reason: ${payload.value.reason}`,
      }
    : { what: 'voting has closed', detail: `the result was published at ${entry.batchTime}` }
}

/** Why the server did not take a ballot, in words for its voter: a sentence or more, without the last full stop. */
export async function whyNotCast(
  connection: Connection,
  id: string,
  now: string,
  { findings, detail }: Problem,
): Promise<string> {
  const codes = findings.map(({ code }) => code)
  if (codes.includes('BALLOT_CANCELLED'))
    return 'this code is cancelled, because its owner votes on paper: this ballot was NOT cast'
  const voting = codes.some((code) => code === 'PHASE' || code === 'TIME') ? await reason() : undefined
  return voting === undefined || voting.kind === 'open'
    ? `this ballot was NOT cast. The server refuses it: ${detail.replace(/\.$/, '')}`
    : `${voting.what}: this ballot was NOT cast (${voting.detail})`

  /** That the ballot is refused is certain, even where nobody can say more. */
  async function reason(): Promise<Voting | undefined> {
    try {
      return await votingNow(connection, id, now)
    } catch (error) {
      if (error instanceof DecodeError || error instanceof Unreachable) return undefined
      throw error
    }
  }
}
