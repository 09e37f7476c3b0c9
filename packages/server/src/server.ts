import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { BallotQueue } from './ballotQueue.js'
import { boardSigner, loadBoardSecret } from './boardSecret.js'
import type { ServerConfig } from './config.js'
import { openDatabase } from './database.js'
import { lockFolder } from './files.js'
import { createApp } from './http/app.js'
import { httpServer } from './http/connections.js'
import { type LiveLimits, LiveSockets } from './http/liveSockets.js'
import { LiveFeed } from './liveFeed.js'
import { createLog } from './log.js'
import { createMetrics } from './metrics.js'
import { readPages } from './pages.js'
import { type WorkerPool, workerPool } from './pool.js'
import { keptCheckpoints } from './keptCheckpoints.js'
import { Records } from './record.js'
import { Sequencer } from './sequencer.js'
import { sqlStore } from './sqlStore.js'
import { watchedStore } from './watchedStore.js'
import { httpWitnesses } from './witnesses.js'

export interface RunningServer {
  /** `http://127.0.0.1:8080` */
  readonly url: string
  /** About the database, for the operator. */
  readonly description: string
  /** Answers what is under way, for a quarter of a minute at most, then lets go of everything. */
  close(): Promise<void>
}

/** What a test may replace. */
export interface ServerParts {
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  readonly pool?: WorkerPool
  /** What those who watch may take, if not as usual. */
  readonly live?: LiveLimits
}

/** @throws {ConfigError} where the operator must change something first. */
export async function startServer(config: ServerConfig, parts: ServerParts = {}): Promise<RunningServer> {
  mkdirSync(config.data, { recursive: true, mode: 0o700 })
  // An embedded database locks it itself.
  const release = config.databaseUrl === undefined ? () => undefined : lockFolder(join(config.data, 'lock'))
  try {
    const server = await start(config, parts)
    const close = () => server.close().finally(release)
    return { ...server, close }
  } catch (error) {
    release()
    throw error
  }
}

async function start(config: ServerConfig, parts: ServerParts): Promise<RunningServer> {
  const pages = config.pages === undefined ? undefined : await readPages(config.pages)
  const log = createLog(config.logLevel)
  const metrics = createMetrics()
  const { boardSecretFile } = config
  const secret = loadBoardSecret(boardSecretFile, () =>
    log.warn({ boardSecretFile }, 'there was no board secret, a new one is made: back it up'),
  )
  const signer = boardSigner(secret)
  const database = await openDatabase(config)
  const store = watchedStore(sqlStore(database.db), metrics.databaseAway)
  const pool = parts.pool ?? workerPool(config.workers)
  const clock = parts.clock ?? Date.now
  const records = new Records(store)
  const kept = keptCheckpoints(join(config.data, 'checkpoints'))
  const witnesses = httpWitnesses(config.witnesses, { fetch, clock, log, metrics, timeoutMs: 5_000 })
  const sequencer = new Sequencer({
    store,
    signer,
    witnesses,
    records,
    kept,
    pool,
    clock,
    log,
    metrics,
  })
  const ballots = new BallotQueue(pool, metrics)
  const { organisers } = config
  const app = createApp({
    store,
    sequencer,
    records,
    ballots,
    signer,
    witnesses,
    organisers,
    clock,
    config,
    log,
    metrics,
    ...(pages && { pages }),
  })
  await pool.ready()
  const http = httpServer(app)
  const { server } = http
  const feed = new LiveFeed(sequencer)
  const live = new LiveSockets(server, { feed, log, metrics, ...(parts.live && { limits: parts.live }) })
  server.listen(config.port, config.host)

  const close = async () => {
    await live.close()
    await http.close()
    await sequencer.stop()
    await pool.close()
    await database.close()
  }
  try {
    await once(server, 'listening')
  } catch (error) {
    await close()
    throw error
  }
  sequencer.start()
  const { port } = server.address() as AddressInfo
  const host = config.host.includes(':') ? `[${config.host}]` : config.host
  return { url: `http://${host}:${port}`, description: database.description, close }
}
