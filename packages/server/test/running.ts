import { localPool } from '@cista/verifier'
import { testTimes } from '@cista/testkit'
import {
  type RunningServer,
  type ServerParts,
  type WorkerPool,
  readConfig,
  startServer,
} from '../src/index.js'
import type { TestDatabase } from './databases.js'
import { keys, standingClock } from './party.js'

/** In this process: the sources need no build, and nothing is in another thread where a debugger cannot see it. */
export const inProcess = (): WorkerPool => ({
  ...localPool,
  ready: async () => undefined,
  close: async () => undefined,
})

export interface TestServer extends RunningServer {
  readonly clock: ReturnType<typeof standingClock>
}

export async function startTestServer(
  database: TestDatabase,
  env: Readonly<Record<string, string>> = {},
  clock = standingClock(testTimes.start),
  parts: Pick<ServerParts, 'live'> = {},
): Promise<TestServer> {
  const config = readConfig({
    CISTA_DATA: database.data,
    CISTA_PORT: '0',
    CISTA_LOG_LEVEL: process.env['CISTA_LOG_LEVEL'] ?? 'silent',
    CISTA_ORGANISERS: keys.administrators[0]!.key,
    CISTA_RATE_LIMIT: '0',
    // Whether they are built or not.
    CISTA_PAGES: 'none',
    DATABASE_URL: database.databaseUrl,
    ...env,
  })
  return { ...(await startServer(config, { ...parts, clock, pool: inProcess() })), clock }
}
