import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { type ColumnType, Kysely, PGliteDialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import type { ServerConfig } from './config.js'
import { lockFolder } from './files.js'
import { migrate } from './migrations.js'

/** Eight bytes in SQL, read as decimal digits by both drivers; all of ours are safe integers. */
type Int8 = ColumnType<string, number, number>

export interface Tables {
  /** One row per election: the head of its board, locked by whoever extends it. */
  elections: {
    election: string
    origin: string
    size: Int8
    root: Uint8Array
    /** Raised by every process that takes over; a write under an older one finds no row. */
    epoch: Int8
    /** Size of the newest head: the board grows only where it is `size`. */
    published: Int8
    ended: boolean
  }
  /** Queue, store and uniqueness check: what has no index yet waits for its place on the board. */
  submissions: {
    election: string
    /** SHA-256 of the payload, hex. */
    hash: string
    kind: string
    payload: Uint8Array
    /** JSON. */
    signatures: string
    /** Milliseconds since 1970. */
    arrived: Int8
    index: ColumnType<string | null, number | null, number | null>
    entry: Uint8Array | null
  }
  tiles: { election: string; level: number; index: Int8; hashes: Uint8Array }
  heads: { election: string; size: Int8; note: string }
}
export type Database = Kysely<Tables>

export interface OpenDatabase {
  readonly db: Database
  /** For the operator, at the start. */
  readonly description: string
  close(): Promise<void>
}

export async function openDatabase(
  config: Pick<ServerConfig, 'data' | 'databaseUrl'>,
): Promise<OpenDatabase> {
  const opened = config.databaseUrl === undefined ? embedded(config.data) : postgres(config.databaseUrl)
  try {
    await migrate(opened.db)
  } catch (error) {
    await opened.close()
    throw error
  }
  return opened
}

function embedded(data: string): OpenDatabase {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const release = lockFolder(join(data, 'lock'))
  const pglite = () => PGlite.create({ dataDir: join(data, 'database'), parsers: { 20: (value) => value } })
  const db = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) })
  return {
    db,
    description:
      'embedded database: it survives the end of this process, but not a power failure; set DATABASE_URL to a PostgreSQL server for real elections',
    async close() {
      await db.destroy()
      release()
    },
  }
}

function postgres(connectionString: string): OpenDatabase {
  const pool = new pg.Pool({
    connectionString,
    max: 16,
    application_name: 'cista-server',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // A process that is frozen while it holds a board's lock loses its transaction, and others go on.
    idle_in_transaction_session_timeout: 10_000,
    statement_timeout: 30_000,
    query_timeout: 40_000,
  })
  // A connection that breaks is replaced, idle or in use; the query that needs it reports what is wrong.
  pool.on('error', () => undefined)
  // Who gave up waiting for an answer leaves a connection on which it may still come, a begun transaction for one: nobody may have that one again.
  pool.on('release', (_error, client) => {
    if (!(client as unknown as { readonly readyForQuery: boolean }).readyForQuery)
      void (client as unknown as pg.Client).end().catch(() => undefined)
  })
  pool.on('connect', (client) => void client.on('error', () => undefined))
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) })
  return { db, description: 'PostgreSQL', close: () => db.destroy() }
}

const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'ETIMEDOUT',
  '53300',
  '57014',
  '25P03',
])
const awayMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered)/

/** Whether the database, and not what was asked of it, is why a query failed: it is restarting, full, slow or gone (SQLSTATE 08, 57P, 40, 53300, 57014, 25P03). */
export function isDatabaseAway(error: unknown): boolean {
  const { code, message, syscall } = error as {
    readonly code?: unknown
    readonly message?: unknown
    readonly syscall?: unknown
  }
  // Its socket in the file system is gone; a file that is missing says nothing about it.
  if (code === 'ENOENT') return syscall === 'connect'
  if (typeof code === 'string') return awayCodes.has(code) || /^(08|57P|40)/.test(code)
  return typeof message === 'string' && awayMessages.test(message)
}

/** The drivers give Buffers or Uint8Arrays; only the latter's `slice` copies. */
export const plain = (bytes: Uint8Array): Uint8Array =>
  new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
