import { DecodeError } from '@cista/board'
import { type PlacedAnnouncement, announcementOf } from '@cista/protocol'
import { openBoard } from './board.js'
import type { Connection } from './connection.js'

/** The latest announcements that are read, at most. */
const latest = 20

/**
 * What the administrators have told everybody on the board as it is now, the newest first. Each is signed by enough of them; that there are
 * no others is the server's word.
 * @throws {DecodeError} where the board does not verify, or something else stands where the server says.
 */
export async function readAnnouncements(
  { record, hints }: Connection,
  id: string,
): Promise<PlacedAnnouncement[]> {
  const [{ reader }, announced] = await Promise.all([openBoard(record, id), hints.announced()])
  const newest = [...new Set(announced)]
    // What came after this checkpoint is there the next time.
    .filter((index) => index < reader.checkpoint.size)
    .sort((a, b) => b - a)
    .slice(0, latest)
  return Promise.all(
    newest.map(async (index) => {
      const { entry, payload } = await reader.read(index)
      const announcement = announcementOf(payload)
      if (announcement === undefined) throw new DecodeError(`entry ${index}`, 'not an announcement')
      return { ...announcement, index, at: entry.batchTime }
    }),
  )
}
