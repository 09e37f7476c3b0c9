import type { Signature } from '@cista/board'
import type { EntryKind, Submission } from '@cista/protocol'
import { type Transaction, sql } from 'kysely'
import { type Tables, plain } from './database.js'
import type { BoardState, LockedBoard, Waiting } from './store.js'

/** A board whose row is locked by the transaction. */
export function lockedBoard(tx: Transaction<Tables>, state: BoardState): LockedBoard {
  const { election } = state
  return {
    state,

    async waiting(limit, since) {
      const rows = await tx
        .selectFrom('submissions')
        .select(['kind', 'hash', 'arrived'])
        .where('election', '=', election)
        .where('index', 'is', null)
        .where('arrived', '>=', String(since))
        .orderBy('arrived')
        .orderBy('hash')
        .limit(limit)
        .execute()
      return rows.map(({ kind, hash, arrived }): Waiting => ({ kind, hash, arrived: Number(arrived) }))
    },

    async submissions(hashes) {
      if (hashes.length === 0) return []
      const rows = await tx
        .selectFrom('submissions')
        .select(['kind', 'hash', 'payload', 'signatures'])
        .where('election', '=', election)
        .where('hash', 'in', [...hashes])
        .execute()
      return rows.map(
        (row): Submission => ({
          kind: row.kind as EntryKind,
          hash: row.hash,
          payload: plain(row.payload),
          signatures: JSON.parse(row.signatures) as Signature[],
        }),
      )
    },

    async append({ state: next, entries, tiles }) {
      const rows = entries.map(({ kind, hash, payload, signatures, index, entry }) => ({
        election,
        hash,
        kind,
        payload,
        signatures: JSON.stringify(signatures),
        arrived: 0,
        index,
        entry,
      }))
      // What waited has its payload stored: only its place is written. What follows from the record is stored here.
      const placed = sql.join(rows.map((r) => sql`(${r.hash}::text, ${r.index}::bigint, ${r.entry}::bytea)`))
      const { numAffectedRows = 0n } = await sql`
        update submissions set "index" = v."index", entry = v.entry
        from (values ${placed}) as v (hash, "index", entry)
        where submissions.election = ${election} and submissions.hash = v.hash and submissions."index" is null`.execute(
        tx,
      )
      if (Number(numAffectedRows) !== rows.length) {
        if (rows.length !== 1 || Number(numAffectedRows) !== 0)
          throw new Error('a waiting submission is gone from the queue')
        await tx.insertInto('submissions').values(rows).execute()
      }
      for (const { level, index, hashes } of tiles)
        await tx
          .insertInto('tiles')
          .values({ election, level, index, hashes })
          .onConflict((c) => c.columns(['election', 'level', 'index']).doUpdateSet({ hashes }))
          .execute()
      const { numUpdatedRows } = await tx
        .updateTable('elections')
        .set({ size: next.size, root: next.root, epoch: next.epoch, ended: next.ended })
        .where('election', '=', election)
        .where('size', '=', String(state.size))
        .where('epoch', '=', String(state.epoch))
        .executeTakeFirstOrThrow()
      if (numUpdatedRows !== 1n) throw new Error('another process has extended the board')
    },

    async discard(hashes) {
      if (hashes.length === 0) return
      await tx
        .deleteFrom('submissions')
        .where('election', '=', election)
        .where('hash', 'in', [...hashes])
        .where('index', 'is', null)
        .execute()
    },

    async publish(note) {
      await tx.insertInto('heads').values({ election, size: state.size, note }).execute()
      await tx
        .updateTable('elections')
        .set({ published: state.size })
        .where('election', '=', election)
        .execute()
    },

    async note() {
      const row = await tx
        .selectFrom('heads')
        .select('note')
        .where('election', '=', election)
        .where('size', '=', String(state.size))
        .executeTakeFirst()
      return row?.note
    },
  }
}
