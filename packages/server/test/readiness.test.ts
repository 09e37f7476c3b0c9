import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { boardKey, signCheckpoint } from '@cista/board'
import { Simulation, testKeys } from '@cista/testkit'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { BallotQueue } from '../src/ballotQueue.js'
import { type OpenDatabase, openDatabase } from '../src/database.js'
import { createApp } from '../src/http/app.js'
import { type HttpServer, httpServer } from '../src/http/connections.js'
import { keptCheckpoints } from '../src/keptCheckpoints.js'
import { createLog } from '../src/log.js'
import { createMetrics } from '../src/metrics.js'
import { Records } from '../src/record.js'
import { Sequencer } from '../src/sequencer.js'
import { sqlStore } from '../src/sqlStore.js'
import type { Store } from '../src/store.js'
import { httpWitnesses } from '../src/witnesses.js'
import { ServerProcess, buildCommands } from './command.js'
import { type TestDatabase, databases } from './databases.js'
import { fillDatabase } from './filled.js'
import { request } from './party.js'
import { inProcess } from './running.js'

beforeAll(buildCommands)

describe('readiness', () => {
  const s = new Simulation({ seed: 'ready' }).setUp()
  const keys = testKeys('ready')
  let database: TestDatabase
  let opened: OpenDatabase
  let http: HttpServer
  let sequencer: Sequencer
  let url = ''

  beforeAll(async () => {
    database = await databases[0]!.create()
    opened = await openDatabase(database)
    await fillDatabase(opened.db, s)
  })
  afterAll(async () => {
    await opened.close()
    await database.remove()
  })
  afterEach(async () => {
    await http.close(0)
    await sequencer.stop()
  })

  /** A server whose database answers some questions late. */
  async function serve(late: Partial<Store>): Promise<void> {
    const store: Store = { ...sqlStore(opened.db), ...late }
    const [log, metrics, pool, clock] = [createLog('silent'), createMetrics(), inProcess(), Date.now]
    const records = new Records(store)
    const kept = keptCheckpoints(join(database.data, 'checkpoints'))
    const witnesses = httpWitnesses(new Map(), { fetch, clock, log, metrics, timeoutMs: 1_000 })
    const signer = {
      keyFor: (origin: string) => boardKey(keys.board, origin),
      sign: (checkpoint: Parameters<typeof signCheckpoint>[0]) =>
        signCheckpoint(checkpoint, keys.board, checkpoint.origin),
    }
    const shared = { store, signer, witnesses, records, clock, log, metrics }
    sequencer = new Sequencer({ ...shared, kept, pool })
    const ballots = new BallotQueue(pool, metrics)
    const config = { rateLimit: 0, trustProxy: 0 }
    http = httpServer(createApp({ ...shared, sequencer, ballots, organisers: new Set(), config }))
    http.server.listen(0, '127.0.0.1')
    await once(http.server, 'listening')
    url = `http://127.0.0.1:${(http.server.address() as AddressInfo).port}`
  }
  const gate = () => {
    let open: () => void = () => undefined
    const passed = new Promise<void>((resolve) => {
      open = resolve
    })
    return { open: () => open(), passed }
  }

  it('comes when every board that has not ended is loaded', async () => {
    const { open, passed } = gate()
    const stored = sqlStore(opened.db)
    await serve({ entries: (...asked) => passed.then(() => stored.entries(...asked)) })
    expect(await request(`${url}/readyz`)).toMatchObject({
      status: 503,
      json: { detail: expect.stringContaining('1 board is still being loaded') },
    })
    expect((await request(`${url}/metrics`)).json).toContain('cista_boards{state="loading"} 1')
    expect((await request(`${url}/healthz`)).status).toBe(200)
    open()
    for (let tries = 0; (await request(`${url}/readyz`)).status !== 200; tries++)
      if (tries > 100) throw new Error('never ready')
    expect((await request(`${url}/metrics`)).json).toContain('cista_boards{state="loading"} 0')
  })

  it('does not wait for a database that does not answer', async () => {
    const { open, passed } = gate()
    const stored = sqlStore(opened.db)
    await serve({ boards: () => passed.then(() => stored.boards()) })
    const { status, json } = await request(`${url}/readyz`)
    expect([status, json.detail]).toEqual([503, expect.stringContaining('the database does not answer')])
    open()
    expect((await request(`${url}/readyz`)).status).toBe(200)
  })

  it('is lost by a halted board', async () => {
    const { size } = (await sqlStore(opened.db).head(s.definition.id))!
    const note = signCheckpoint(
      { origin: s.definition.origin, size: size + 1, root: new Uint8Array(32) },
      keys.board,
      s.definition.origin,
    )
    await mkdir(join(database.data, 'checkpoints'), { recursive: true })
    await writeFile(join(database.data, 'checkpoints', s.definition.id), note)
    await serve({})
    let answer = await request(`${url}/readyz`)
    for (let tries = 0; answer.json.type !== 'urn:cista:problem:halted' && tries < 100; tries++)
      answer = await request(`${url}/readyz`)
    expect(answer).toMatchObject({
      status: 503,
      json: { detail: expect.stringContaining('1 board is halted') },
    })
    expect((await request(`${url}/metrics`)).json).toContain('cista_boards{state="halted"} 1')
    await rm(join(database.data, 'checkpoints', s.definition.id))
  })
})

const real = process.env['CISTA_TEST_DATABASE_URL']

describe.runIf(real !== undefined)('a database that goes away', () => {
  let database: TestDatabase
  let server: ServerProcess
  let line: Server
  const wires = new Set<Socket>()
  beforeAll(async () => {
    database = await databases[1]!.create()
  })
  afterAll(async () => {
    await server.end('SIGKILL')
    cut()
    line.close()
    await database.remove()
  })
  const cut = () => {
    for (const wire of wires) wire.destroy()
  }

  /** A line to the real server, which can be cut. */
  async function wire(port: number): Promise<number> {
    const { host, port: at } = new pg.Client({ connectionString: database.databaseUrl! })
    line = createServer((near) => {
      const far = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${at}`) : connect(at, host)
      for (const end of [near, far]) {
        wires.add(end)
        end.on('error', () => undefined).on('close', () => near.destroy() && far.destroy())
      }
      near.pipe(far).pipe(near)
    })
    line.listen(port, '127.0.0.1')
    await once(line, 'listening')
    return (line.address() as AddressInfo).port
  }

  it('is told by readiness and metrics, in time, and nothing else is needed when it comes back', async () => {
    const port = await wire(0)
    const { user, password, database: name } = new pg.Client({ connectionString: database.databaseUrl! })
    const url = new URL(`postgresql://127.0.0.1:${port}/${name}`)
    url.username = user ?? ''
    url.password = typeof password === 'string' ? password : ''
    const options = new URL(database.databaseUrl!.replace('@/', '@localhost/')).searchParams.get('options')!
    url.search = `?options=${encodeURIComponent(options)}`
    server = await ServerProcess.start({ ...database, databaseUrl: url.href }, { CISTA_LOG_LEVEL: 'info' })
    expect((await request(`${server.url}/readyz`)).status).toBe(200)
    line.close()
    cut()
    await sleep(500)
    const { status, json } = await request(`${server.url}/readyz`)
    expect([status, json.type]).toEqual([503, 'urn:cista:problem:busy'])
    expect((await request(`${server.url}/healthz`)).status).toBe(200)
    const metrics = (await request(`${server.url}/metrics`)).json as string
    expect(Number(/^cista_database_errors_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0)
    expect(metrics).not.toContain('cista_boards{')
    await wire(port)
    for (let tries = 0; (await request(`${server.url}/readyz`)).status !== 200; tries++) {
      if (tries > 100) throw new Error('never ready again')
      await sleep(100)
    }
    expect(await server.end()).toBe(0)
  })
})
