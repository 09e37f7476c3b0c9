import { DecodeError } from '@cista/board'
import { openBoard } from './board.js'
import type { Connection } from './connection.js'

/** Whether one can vote, and why not. */
export interface Voting {
  readonly kind: 'early' | 'late' | 'never' | 'open' | 'closed' | 'result' | 'aborted'
  /** Whether voting has ever been open, so that there are ballots and a key. */
  readonly opened: boolean
  /** A sentence without its full stop. */
  readonly why: string
}

/**
 * How far the election is, for words: the server says it, and whether a ballot can be made and is on the board never depends on that. How an
 * election ended is read from the board.
 * @param now RFC 3339, by the device's clock.
 * @throws {DecodeError} where the board does not verify, or has not ended as the server says.
 */
export async function votingNow(connection: Connection, id: string, now: string): Promise<Voting> {
  const { stage, opens, closes, ended, opened: at } = await connection.hints.phase()
  const opened = at !== null
  if (ended !== null) return { kind: ended, opened, why: await ending(connection, id, ended) }
  if (stage === 'open') return { kind: 'open', opened, why: `voting is open until ${closes}` }
  if (stage !== 'setup')
    return {
      kind: 'closed',
      opened,
      why:
        now < closes
          ? `voting has closed, on request, before its closing time ${closes}`
          : `voting has closed: the closing time was ${closes}`,
    }
  if (now >= closes)
    return {
      kind: 'never',
      opened,
      why: `voting has never opened, and cannot any more: its closing time ${closes} has passed`,
    }
  return now < opens
    ? { kind: 'early', opened, why: `voting is not open yet: it opens at ${opens} at the earliest` }
    : {
        kind: 'late',
        opened,
        why: `voting is not open yet: it was to open at ${opens}, and what must come before is not done; it closes at ${closes}`,
      }
}

async function ending({ record }: Connection, id: string, ended: 'result' | 'aborted'): Promise<string> {
  const { reader } = await openBoard(record, id)
  const { entry, payload } = await reader.read(reader.checkpoint.size - 1)
  if (payload.kind !== ended)
    throw new DecodeError(`entry ${entry.index}`, `a ${payload.kind}, where the server speaks of ${ended}`)
  return payload.kind === 'aborted'
    ? `the election was aborted at ${entry.batchTime}: ${payload.value.reason}`
    : `voting has closed, and the result was published at ${entry.batchTime}`
}
