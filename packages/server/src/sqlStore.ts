import type { Signature } from '@cista/board'
import type { EntryKind, Submission } from '@cista/protocol'
import { type Selectable, type Transaction, sql } from 'kysely'
import type { Database, Tables } from './database.js'
import type { BoardState, LockedBoard, Store, StoredEntry, Waiting } from './store.js'

/** Plain SQL that distributed databases with PostgreSQL's protocol run as well. */
export function sqlStore(db: Database): Store {
  return {
    async boards() {
      const rows = await db.selectFrom('elections').selectAll().orderBy('election').execute()
      return rows.map(boardOf)
    },

    async board(election) {
      const row = await db
        .selectFrom('elections')
        .selectAll()
        .where('election', '=', election)
        .executeTakeFirst()
      return row && boardOf(row)
    },

    async isTaken(origin) {
      const row = await db
        .selectFrom('elections')
        .select('election')
        .where('origin', '=', origin)
        .executeTakeFirst()
      return row !== undefined
    },

    create: (origin, root, manifest, arrived) =>
      retrying(() =>
        db.transaction().execute(async (tx) => {
          const election = manifest.hash
          await tx
            .insertInto('elections')
            .values({ election, origin, size: 0, root, epoch: 0, ended: false })
            .onConflict((c) => c.doNothing())
            .execute()
          const row = await tx
            .selectFrom('elections')
            .select('election')
            .where('election', '=', election)
            .executeTakeFirst()
          if (row === undefined) return 'origin-taken'
          await insertWaiting(tx, election, manifest, arrived)
          return 'created'
        }),
      ),

    enqueue: (election, submission, arrived) =>
      retrying(() => insertWaiting(db, election, submission, arrived)),

    async place(election, hash) {
      const row = await db
        .selectFrom('submissions')
        .select(['kind', 'index'])
        .where('election', '=', election)
        .where('hash', '=', hash)
        .executeTakeFirst()
      return row && { kind: row.kind, index: row.index === null ? null : Number(row.index) }
    },

    async payload(election, hash) {
      const row = await db
        .selectFrom('submissions')
        .select('payload')
        .where('election', '=', election)
        .where('hash', '=', hash)
        .executeTakeFirst()
      return row && plain(row.payload)
    },

    async entries(election, from, to) {
      const rows = await db
        .selectFrom('submissions')
        .select(['index', 'entry', 'payload'])
        .where('election', '=', election)
        .where('index', '>=', String(from))
        .where('index', '<', String(to))
        .orderBy('index')
        .execute()
      return rows.map(
        (row): StoredEntry => ({
          index: Number(row.index),
          entry: plain(row.entry!),
          payload: plain(row.payload),
        }),
      )
    },

    async tile(election, level, index) {
      const row = await db
        .selectFrom('tiles')
        .select('hashes')
        .where('election', '=', election)
        .where('level', '=', level)
        .where('index', '=', String(index))
        .executeTakeFirst()
      return row && plain(row.hashes)
    },

    async head(election) {
      const row = await db
        .selectFrom('heads')
        .select(['size', 'note'])
        .where('election', '=', election)
        .orderBy('size', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && { size: Number(row.size), note: row.note }
    },

    async headOver(election, index) {
      const row = await db
        .selectFrom('heads')
        .select(['size', 'note'])
        .where('election', '=', election)
        .where('size', '>', String(index))
        .orderBy('size')
        .limit(1)
        .executeTakeFirst()
      return row && { size: Number(row.size), note: row.note }
    },

    async waitingElections() {
      const rows = await db
        .selectFrom('submissions')
        .select('election')
        .distinct()
        .where('index', 'is', null)
        .execute()
      return rows.map((row) => row.election)
    },

    locked: (election, work) =>
      db.transaction().execute(async (tx) => {
        const row = await tx
          .selectFrom('elections')
          .selectAll()
          .where('election', '=', election)
          .forUpdate()
          .executeTakeFirstOrThrow()
        return work(lockedBoard(tx, boardOf(row)))
      }),
  }
}

function lockedBoard(tx: Transaction<Tables>, state: BoardState): LockedBoard {
  const { election } = state
  return {
    state,

    async waiting(limit) {
      const rows = await tx
        .selectFrom('submissions')
        .select(['kind', 'hash', 'payload', 'signatures', 'arrived'])
        .where('election', '=', election)
        .where('index', 'is', null)
        .orderBy('arrived')
        .orderBy('hash')
        .limit(limit)
        .execute()
      return rows.map(
        (row): Waiting => ({
          kind: row.kind as EntryKind,
          hash: row.hash,
          payload: plain(row.payload),
          signatures: JSON.parse(row.signatures) as Signature[],
          arrived: Number(row.arrived),
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
      await tx
        .insertInto('heads')
        .values({ election, size: state.size, note })
        .onConflict((c) => c.doNothing())
        .execute()
      const row = await tx
        .selectFrom('heads')
        .select('note')
        .where('election', '=', election)
        .where('size', '=', String(state.size))
        .executeTakeFirstOrThrow()
      return row.note
    },
  }
}

async function insertWaiting(
  db: Database,
  election: string,
  { hash, kind, payload, signatures }: Submission,
  arrived: number,
): Promise<void> {
  await db
    .insertInto('submissions')
    .values({
      election,
      hash,
      kind,
      payload,
      signatures: JSON.stringify(signatures),
      arrived,
      index: null,
      entry: null,
    })
    .onConflict((c) => c.columns(['election', 'hash']).doNothing())
    .execute()
}

/** Once more where the database could not serialize, as distributed ones may say at any time (SQLSTATE class 40). */
async function retrying<T>(work: () => Promise<T>, attempts = 5): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const code = (error as { code?: unknown }).code
    if (attempts <= 1 || typeof code !== 'string' || !code.startsWith('40')) throw error
    return retrying(work, attempts - 1)
  }
}

const boardOf = (row: Selectable<Tables['elections']>): BoardState => ({
  election: row.election,
  size: Number(row.size),
  root: plain(row.root),
  epoch: Number(row.epoch),
  ended: row.ended,
})

/** The drivers give Buffers or Uint8Arrays; only the latter's `slice` copies. */
const plain = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
