import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { sql } from 'kysely'
import pg from 'pg'
import { type Database, openDatabase } from '../src/database.js'

export interface TestDatabase {
  /** For the embedded database and the board secret. */
  readonly data: string
  readonly databaseUrl: string | undefined
  remove(): Promise<void>
}
export interface DatabaseKind {
  readonly name: string
  create(): Promise<TestDatabase>
}

const folder = () => mkdtemp(join(tmpdir(), 'cista-server-test-'))

const embedded: DatabaseKind = {
  name: 'the embedded database',
  async create() {
    const data = await folder()
    const shared = process.env['CISTA_TEST_SHARED']
    if (shared !== undefined) await promisify(execFile)('cp', ['-R', await emptyOne(shared), data])
    return { data, databaseUrl: undefined, remove: () => rm(data, { recursive: true }) }
  },
}

/** To make an embedded database of nothing takes seconds: all suites of a run have copies of one that is empty. */
async function emptyOne(shared: string): Promise<string> {
  const made = join(shared, 'database')
  if (existsSync(made)) return made
  const data = await mkdtemp(join(shared, 'new-'))
  await (await openDatabase({ data, databaseUrl: undefined })).close()
  await rename(join(data, 'database'), made).catch((error: unknown) => {
    // Another suite was quicker.
    if (!existsSync(made)) throw error
  })
  return made
}

function postgres(url: string): DatabaseKind {
  const query = async (text: string) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(text)
    await client.end()
  }
  return {
    name: 'PostgreSQL',
    async create() {
      const data = await folder()
      const schema = `cista_test_${randomBytes(6).toString('hex')}`
      await query(`create schema ${schema}`)
      const options = encodeURIComponent(`-c search_path=${schema}`)
      return {
        data,
        databaseUrl: `${url}${url.includes('?') ? '&' : '?'}options=${options}`,
        async remove() {
          await query(`drop schema ${schema} cascade`)
          await rm(data, { recursive: true })
        },
      }
    },
  }
}

const url = process.env['CISTA_TEST_DATABASE_URL']

/** Every suite runs on each of these; on a real server where the environment names one, as `scripts/test.sh` does. */
export const databases: readonly DatabaseKind[] = url === undefined ? [embedded] : [embedded, postgres(url)]

/** As whoever owns the database can: while `work` runs, nothing keeps it from changing what is logged. */
export async function withoutWall(db: Database, work: () => Promise<unknown>): Promise<void> {
  const turn = async (how: 'disable' | 'enable') => {
    for (const table of tables) await sql.raw(`alter table ${table} ${how} trigger user`).execute(db)
  }
  await turn('disable')
  await work()
  await turn('enable')
}

const tables = ['elections', 'submissions', 'tiles', 'heads'] as const
type Backup = Readonly<Record<(typeof tables)[number], never[]>>

/** All that a database holds of boards. */
export async function backUp(db: Database): Promise<Backup> {
  const rows = await Promise.all(tables.map((table) => db.selectFrom(table).selectAll().execute()))
  return Object.fromEntries(tables.map((table, i) => [table, rows[i]])) as unknown as Backup
}

/** In place of what is there. */
export async function restore(db: Database, backup: Backup): Promise<void> {
  await withoutWall(db, async () => {
    await sql.raw(`truncate ${tables.join(', ')}`).execute(db)
    for (const table of tables) await db.insertInto(table).values(backup[table]).execute()
  })
}
