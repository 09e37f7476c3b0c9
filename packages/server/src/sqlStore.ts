import type { Selectable } from 'kysely'
import { type Database, type Tables, plain } from './database.js'
import { lockedBoard } from './lockedBoard.js'
import type { Arrival, BoardState, Store, StoredEntry } from './store.js'

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
            .values({ election, origin, size: 0, root, epoch: 0, published: 0, ended: false })
            .onConflict((c) => c.doNothing())
            .execute()
          const row = await tx
            .selectFrom('elections')
            .select('election')
            .where('election', '=', election)
            .executeTakeFirst()
          if (row === undefined) return 'origin-taken'
          await insertWaiting(tx, [{ election, submission: manifest, arrived }])
          return 'created'
        }),
      ),

    enqueue: (arrivals) => {
      // In one order for all processes, so that no two wait for each other.
      const ordered = arrivals.toSorted((a, b) => (a.submission.hash < b.submission.hash ? -1 : 1))
      return retrying(() => insertWaiting(db, ordered))
    },

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

async function insertWaiting(db: Database, arrivals: readonly Arrival[]): Promise<void> {
  await db
    .insertInto('submissions')
    .values(
      arrivals.map(({ election, submission: { hash, kind, payload, signatures }, arrived }) => ({
        election,
        hash,
        kind,
        payload,
        signatures: JSON.stringify(signatures),
        arrived,
        index: null,
        entry: null,
      })),
    )
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
  published: Number(row.published),
  ended: row.ended,
})
