import { hashTiles, leafHash, parseCheckpoint, parseNote, toTimestamp } from '@cista/board'
import { Simulation } from '@cista/testkit'
import type { Database } from '../src/database.js'

/** What the server would have stored of a simulation: its entries from `from` on, which the database has already up to there. */
export async function fillDatabase(db: Database, s: Simulation, from = 0): Promise<void> {
  const { id: election, origin } = s.definition
  const note = s.checkpoint()
  const { size, root } = parseCheckpoint(parseNote(note).body)
  const standing = { size, root, epoch: 1, published: size, ended: s.course.phase.ended !== undefined }
  await db.transaction().execute(async (tx) => {
    if (from === 0)
      await tx
        .insertInto('elections')
        .values({ election, origin, ...standing })
        .execute()
    else await tx.updateTable('elections').set(standing).where('election', '=', election).execute()
    const rows = s.log.map(({ kind, bytes, entry, entryBytes }, index) => ({
      election,
      hash: entry.payload,
      kind,
      payload: bytes,
      signatures: JSON.stringify(entry.signatures),
      arrived: 0,
      index,
      entry: entryBytes,
    }))
    for (let at = from; at < rows.length; at += 100)
      await tx
        .insertInto('submissions')
        .values(rows.slice(at, at + 100))
        .execute()
    for (const { level, index, hashes } of hashTiles(s.log.map((l) => leafHash(l.entryBytes))))
      await tx
        .insertInto('tiles')
        .values({ election, level, index, hashes })
        .onConflict((c) => c.columns(['election', 'level', 'index']).doUpdateSet({ hashes }))
        .execute()
    await tx.insertInto('heads').values({ election, size, note }).execute()
  })
}

/** A schedule that is open now, for servers that have the real clock. */
export function openNow(): { readonly opens: string; readonly closes: string } {
  const now = Math.floor(Date.now() / 1000)
  return { opens: toTimestamp(now - 60), closes: toTimestamp(now + 3600) }
}

/** An election with three bundles of entries, closed and counted. */
export async function longElection(): Promise<Simulation> {
  const s = new Simulation({ seed: 'export' })
    .setUp()
    .cast(0, { question: { kind: 'selection', selected: ['yes'] } })
  for (let i = 0; i < 600; i++) s.post('notice', { text: `notice ${i}` })
  return s.finish()
}
