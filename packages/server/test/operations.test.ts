import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { Agent, request as ask } from 'node:http'
import { type AddressInfo, type Server, type Socket, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fromUtf8, sha256, toBase64url, toHex, utf8 } from '@cista/board'
import {
  castBallot,
  httpConnection,
  identifyVoter,
  openElection,
  sealBallot,
  trackBallot,
} from '@cista/client'
import { encodeSubmission, makeCode } from '@cista/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { answerTo } from './asking.js'
import { ServerProcess, buildCommands, run } from './command.js'
import { type TestDatabase, databases } from './databases.js'
import { openNow } from './filled.js'
import { Party, request, yes } from './party.js'

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
    // Under way, or done: a busy server may not have looked at the connection yet.
    const done = answer.then(() => true)
    while (!(await Promise.race([done, isReading(server.url)]))) await sleep(2)
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
    await writeFile(join(database.data, 'board-secret'), '5a'.repeat(32))
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

/** Whether the server holds the body of a request that is not answered yet. */
async function isReading(url: string): Promise<boolean> {
  const { json: text } = await request(`${url}/metrics`)
  return /^cista_body_bytes [1-9]/m.test(text)
}
