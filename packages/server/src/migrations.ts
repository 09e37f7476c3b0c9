import { type Kysely, sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import type { Database } from './database.js'
import { secondWall } from './secondWall.js'

/** In the order of their names. One that was released is never edited: the next one changes what it made. */
const migrations: Readonly<Record<string, Migration>> = {
  '001-boards': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('elections')
        .addColumn('election', 'text', (c) => c.primaryKey())
        .addColumn('origin', 'text', (c) => c.notNull().unique())
        .addColumn('size', 'bigint', (c) => c.notNull())
        .addColumn('root', 'bytea', (c) => c.notNull())
        .addColumn('epoch', 'bigint', (c) => c.notNull())
        .addColumn('ended', 'boolean', (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('submissions')
        .addColumn('election', 'text', (c) => c.notNull().references('elections.election'))
        .addColumn('hash', 'text', (c) => c.notNull())
        .addColumn('kind', 'text', (c) => c.notNull())
        .addColumn('payload', 'bytea', (c) => c.notNull())
        .addColumn('signatures', 'text', (c) => c.notNull())
        .addColumn('arrived', 'bigint', (c) => c.notNull())
        .addColumn('index', 'bigint')
        .addColumn('entry', 'bytea')
        .addPrimaryKeyConstraint('submissions_pkey', ['election', 'hash'])
        .addUniqueConstraint('submissions_place', ['election', 'index'])
        .addCheckConstraint('submissions_placed', sql`("index" is null) = (entry is null)`)
        .execute()
      await db.schema
        .createIndex('submissions_waiting')
        .on('submissions')
        .columns(['election', 'arrived', 'hash'])
        .where(sql.ref('index'), 'is', null)
        .execute()
      await db.schema
        .createTable('tiles')
        .addColumn('election', 'text', (c) => c.notNull().references('elections.election'))
        .addColumn('level', 'integer', (c) => c.notNull())
        .addColumn('index', 'bigint', (c) => c.notNull())
        .addColumn('hashes', 'bytea', (c) => c.notNull())
        .addPrimaryKeyConstraint('tiles_pkey', ['election', 'level', 'index'])
        .execute()
      await db.schema
        .createTable('heads')
        .addColumn('election', 'text', (c) => c.notNull().references('elections.election'))
        .addColumn('size', 'bigint', (c) => c.notNull())
        .addColumn('note', 'text', (c) => c.notNull())
        .addPrimaryKeyConstraint('heads_pkey', ['election', 'size'])
        .execute()
    },
  },
  '002-one-unpublished-head': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .alterTable('elections')
        .addColumn('published', 'bigint', (c) => c.notNull().defaultTo(0))
        .execute()
      await sql`update elections set published = (select coalesce(max(heads.size), 0) from heads
        where heads.election = elections.election)`.execute(db)
    },
  },
  '003-nothing-logged-changes': { up: (db) => secondWall(db) },
  // Without those that have no place yet: an index of them is one that a planner may walk, through everything that has left the queue.
  '004-places-of-what-is-logged': {
    async up(db: Kysely<unknown>) {
      await db.schema.alterTable('submissions').dropConstraint('submissions_place').execute()
      await db.schema
        .createIndex('submissions_place')
        .unique()
        .on('submissions')
        .columns(['election', 'index'])
        .where(sql.ref('index'), 'is not', null)
        .execute()
    },
  },
}

export async function migrate(db: Database): Promise<void> {
  // The migrator looks for its table in every schema, unless it is told which one the connection uses.
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db)
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    migrationTableSchema: rows[0]!.schema,
  })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
