import { DecodeError } from '@cista/board'
import { openBoard } from './board.js'
import type { Connection } from './connection.js'

/** How far an election is, as far as it concerns who wants to vote. Times are RFC 3339. */
export interface PhaseNow {
  readonly kind: 'early' | 'late' | 'never' | 'open' | 'closed' | 'result' | 'aborted'
  /** Whether voting has ever been open, so that there are a key and perhaps ballots. */
  readonly opened: boolean
  /** As planned. */
  readonly opens: string
  /** In force. */
  readonly closes: string
  /** When it ended, and why, if it was aborted. */
  readonly ended?: { readonly at: string; readonly reason?: string }
}

/**
 * How far the election is. The server says it, for words only: whether a ballot verifies and is on the board never depends on it. How an
 * election has ended is read from the board.
 * @param now RFC 3339, by the device's clock.
 * @throws {DecodeError} where the board does not verify, or has not ended as the server says.
 */
export async function phaseNow(
  connection: Connection,
  id: string,
  now: string,
  board = () => openBoard(connection.record, id),
): Promise<PhaseNow> {
  const { stage, opens, closes, ended, opened: index } = await connection.hints.phase()
  const times = { opened: index !== null, opens, closes }
  if (ended !== null) return { kind: ended, ...times, ended: await ending() }
  if (stage === 'open') return { kind: 'open', ...times }
  if (stage !== 'setup') return { kind: 'closed', ...times }
  if (now >= closes) return { kind: 'never', ...times }
  return { kind: now < opens ? 'early' : 'late', ...times }

  async function ending() {
    const { reader } = await board()
    // Nothing follows either of them.
    const { entry, payload } = await reader.read(reader.checkpoint.size - 1)
    if (payload.kind !== ended)
      throw new DecodeError(`entry ${entry.index}`, `a ${payload.kind}, where the server says ${ended}`)
    const at = entry.batchTime
    return payload.kind === 'aborted' ? { at, reason: payload.value.reason } : { at }
  }
}
