import { DecodeError } from '@cista/board'
import { type Problem, Unreachable } from '@cista/verifier'
import type { Connection } from './connection.js'
import { type PhaseNow, phaseNow } from './phaseNow.js'

/** Whether one can vote, in words: `<what>: <detail>` makes a sentence. */
export interface Voting extends Pick<PhaseNow, 'kind' | 'opened'> {
  readonly what: string
  readonly detail: string
}

/** `phaseNow`, in words. @throws {DecodeError} as it does. */
export async function votingNow(connection: Connection, id: string, now: string): Promise<Voting> {
  const phase = await phaseNow(connection, id, now)
  const { kind, opened } = phase
  return { kind, opened, ...wordsOf(phase, now) }
}

function wordsOf({ kind, opens, closes, ended }: PhaseNow, now: string): { what: string; detail: string } {
  switch (kind) {
    case 'open':
      return { what: 'voting is open', detail: `it closes at ${closes}` }
    case 'closed': {
      const early = now < closes
      const detail = early ? `it was closed on request, before ${closes}` : `the closing time was ${closes}`
      return { what: 'voting has closed', detail }
    }
    case 'never':
      return {
        what: 'voting has never opened',
        detail: `it cannot open any more, the closing time ${closes} has passed`,
      }
    case 'early':
      return { what: 'voting is not open yet', detail: `it opens at ${opens} at the earliest` }
    case 'late':
      return {
        what: 'voting is not open yet',
        detail: `it was to open at ${opens}, but preparations are not done`,
      }
    case 'aborted':
      return {
        what: 'the election was aborted',
        detail: `at ${ended?.at}, for this reason: ${ended?.reason}`,
      }
    case 'result':
      return { what: 'voting has closed', detail: `the result was published at ${ended?.at}` }
  }
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
