import { once } from 'node:events'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { Agent, request as ask } from 'node:http'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { boardKey, fromUtf8, sha256, signCheckpoint, toBase64url, toHex, utf8 } from '@cista/board'
import {
  castBallot,
  httpConnection,
  identifyVoter,
  openElection,
  sealBallot,
  trackBallot,
} from '@cista/client'
import { encodeSubmission, makeCode } from '@cista/protocol'
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
import { answerTo } from './asking.js'
import { ServerProcess, buildCommands, run } from './command.js'
import { type TestDatabase, databases } from './databases.js'
import { fillDatabase, openNow } from './filled.js'
import { Party, request, yes } from './party.js'
import { inProcess } from './running.js'

beforeAll(buildCommands)

describe.each(databases)('the process cista-server, on $name', ({ create }) => {
  let database: TestDatabase
  let server: ServerProcess
  let party: Party
  const code = (i: number) => makeCode(party.id, sha256(utf8(`server test code ${i}`)))

  beforeAll(async () => {
    database = await create()
    server = await ServerProcess.start(database, { CISTA_LOG_LEVEL: 'trace' })
    party = await Party.create(server.url, { schedule: openNow() })
    await party.roll(4)
    await party.ceremony()
    await party.reached('open')
  })
  afterAll(async () => {
    await server.end('SIGKILL')
    await database.remove()
  })

  it('logs neither secrets nor choices, nor who voted, at any level', async () => {
    const connection = httpConnection(server.url, party.id, fetch)
    const election = await openElection(connection, party.id)
    const found = await identifyVoter(connection, election, code(0))
    if (!('voter' in found)) throw new Error(found.why)
    const composed = sealBallot(election, found.voter, yes)
    if (!('ballot' in composed)) throw new Error('not a vote')
    const { ballot } = composed
    expect(await castBallot(connection, election, found.voter, ballot)).toMatchObject({ kind: 'cast' })
    expect(await trackBallot(connection, election, ballot.tracker)).toMatchObject({ kind: 'on-board' })
    // What is refused is not logged either: a second ballot in place of none, a broken one, an address with a secret in it.
    const stale = party.ballot(0, yes)
    expect((await party.send(stale)).status).toBe(409)
    const sent = fromUtf8(encodeSubmission(stale))
    expect((await party.sendBytes(sent.slice(0, -1))).status).toBe(400)
    expect((await request(`${server.url}/${encodeURIComponent(code(0))}`)).status).toBe(404)
    expect((await request(`${server.url}/api/elections/${party.id}?code=${code(0)}`)).status).toBe(400)
    const lines = () =>
      server.log
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { msg: string; req?: { path: string } })
    for (let tries = 0; !lines().some(({ req }) => req?.path.endsWith('/ballots/…')) && tries < 100; tries++)
      await sleep(20)
    const paths = lines().flatMap(({ req }) => (req === undefined ? [] : [req.path]))
    expect(paths).toContain(`/api/elections/${party.id}/entries`)
    expect(paths).toContain(`/api/elections/${party.id}/credentials/…`)
    const { secret, key } = party.credential(0)
    const secrets = [
      code(0),
      code(0).replaceAll('-', ''),
      encodeURIComponent(code(0)),
      secret.toString(16),
      secret.toString(),
      key,
      toHex(ballot.reveal.seed),
      ballot.tracker,
      stale.hash,
      toBase64url(ballot.payload).slice(0, 40),
      sent.slice(20, 60),
      'selected',
      '127.0.0.1',
    ]
    expect(secrets.filter((text) => server.log.includes(text))).toEqual([])
  })

  it('counts and times requests by the template of their route, and never by what they ask for', async () => {
    const { json: text } = await request(`${server.url}/metrics`)
    const line = (name: string) => new RegExp(`^${name} (?!0$)[0-9.e-]+$`, 'm')
    const count = (method: string, route: string, status: string) =>
      line(`cista_request_seconds_count\\{method="${method}",route="${route}",status="${status}"\\}`)
    expect(text).toMatch(count('POST', '/api/elections/{election}/entries', '2xx'))
    expect(text).toMatch(count('POST', '/api/elections/{election}/entries', '4xx'))
    expect(text).toMatch(count('GET', '/api/elections/{election}/credentials/{credential}', '2xx'))
    expect(text).toMatch(count('GET', '/elections/{election}/{path}', '2xx'))
    expect(text).toMatch(count('GET', 'none', '4xx'))
    for (const name of ['cista_ballots_waiting', 'cista_body_bytes', 'cista_database_errors_total'])
      expect(text).toMatch(new RegExp(`^${name} 0$`, 'm'))
    for (const state of ['loading', 'halted', 'unpublished'])
      expect(text).toMatch(new RegExp(`^cista_boards\\{state="${state}"\\} 0$`, 'm'))
    expect(text).not.toMatch(/[0-9a-f]{40}/)
  })

  it('ends by one SIGTERM, answering what is under way, whoever else hangs', async () => {
    const { port, hostname } = new URL(server.url)
    const silent: Socket[] = Array.from({ length: 3 }, () => connect(Number(port), hostname))
    await Promise.all(silent.map((socket) => once(socket, 'connect')))
    for (const socket of silent) socket.on('error', () => undefined)
    silent[1]!.write('GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow:')
    const agent = new Agent({ keepAlive: true })
    await party.follow()
    const body = encodeSubmission(party.ballot(1, yes))
    const sent = ask(`${server.url}/api/elections/${party.id}/entries`, { method: 'POST', agent })
    sent.end(body)
    const answer = answerTo(sent)
    await sleep(15)
    const started = performance.now()
    const status = server.end()
    expect((await answer).status).toBe(201)
    expect(await status).toBe(0)
    expect(performance.now() - started).toBeLessThan(15_000)
    agent.destroy()
    for (const socket of silent) socket.destroy()
  })
})

describe('the command cista-server', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await databases[0]!.create()
  })
  afterAll(() => database.remove())
  const start = (args: readonly string[], env = {}) =>
    run('server', ['--data', database.data, '--port', '0', ...args], env)

  it('says in a line what to set where it cannot start', async () => {
    const port = await portOf(createServer())
    await writeFile(join(database.data, 'file'), '')
    await mkdir(join(database.data, 'other'))
    await writeFile(join(database.data, 'other', 'board-secret'), 'x')
    const faults: [readonly string[], Record<string, string>, number, RegExp][] = [
      [['--port', 'x'], {}, 2, /--port or CISTA_PORT is “x”: set it to a number/],
      [['--port', `${port.port}`], {}, 1, /the port is taken: choose another with --port/],
      [['--host', '192.0.2.1'], {}, 1, /no such address: choose another with --host/],
      [['--data', join(database.data, 'file', 'below')], {}, 1, /ENOTDIR/],
      [['--data', join(database.data, 'other')], {}, 2, /is no board secret/],
      [
        [],
        { DATABASE_URL: 'postgresql://x@127.0.0.1:9/x' },
        1,
        /is DATABASE_URL right, and PostgreSQL running/,
      ],
      [['extra'], {}, 2, /^cista-server: /],
    ]
    for (const [args, env, code, why] of faults) {
      const said = await start(args, env)
      expect({ args, ...said }).toMatchObject({ code, err: expect.stringMatching(why) })
      expect(said.err.trim().split('\n').length).toBe(1)
    }
    port.server.close()
  })
})

async function portOf(server: Server): Promise<{ server: Server; port: number }> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, port: (server.address() as AddressInfo).port }
}

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
