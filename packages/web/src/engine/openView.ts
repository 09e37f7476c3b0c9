import {
  type Connection,
  type OpenElection,
  httpConnection,
  openBoard,
  openElection,
  phaseNow,
} from '@cista/client'
import { patientFetch } from './patientFetch.js'
import type { ElectionView } from './views.js'

/** An election as it is verified, and what a page shows of it. */
export interface Opened {
  readonly connection: Connection
  /** Undefined until voting has been open. */
  readonly election: OpenElection | undefined
  readonly view: ElectionView
}

/** Verifies an election. @param id all that is trusted. @throws {DecodeError} {@link Unreachable} */
export async function openView(server: string, id: string): Promise<Opened> {
  const connection = httpConnection(server, id, patientFetch)
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  // All at once: on a slow line every wait counts.
  const board = openBoard(connection.record, id)
  const asked = phaseNow(connection, id, now, () => board)
  // Where the server knows no such election, its record is no evidence of anything.
  const [{ definition }, phase, setup] = await Promise.all([
    board.catch(async (error: unknown) => {
      await asked
      throw error
    }),
    asked,
    connection.hints.setup(),
  ])
  const { kind, closes, opened, ended } = phase
  const hints = { ...connection.hints, setup: () => Promise.resolve(setup) }
  const election =
    opened || kind === 'open' ? await openElection({ ...connection, hints }, id, board) : undefined
  const view = { id, manifest: definition.manifest, phase: kind, closes, opened }
  return {
    connection,
    election,
    view: ended?.reason === undefined ? view : { ...view, reason: ended.reason },
  }
}
