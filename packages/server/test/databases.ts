import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

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
    return { data, databaseUrl: undefined, remove: () => rm(data, { recursive: true }) }
  },
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
