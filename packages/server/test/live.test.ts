import { once } from 'node:events'
import { request as ask } from 'node:http'
import { type Socket, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { encodeSubmission } from '@cista/protocol'
import { testTimes } from '@cista/testkit'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { liveLimits } from '../src/http/liveSockets.js'
import { answerTo } from './asking.js'
import { ServerProcess, buildCommands } from './command.js'
import { type TestDatabase, databases } from './databases.js'
import { openNow } from './filled.js'
import { Party, request, yes } from './party.js'
import { type TestServer, startTestServer } from './running.js'
import { Watcher } from './watching.js'

// On a busy machine an answer to a ping may take its time.
const quick = { ...liveLimits, connections: 3, ping: 1_000, goodbye: 300 }

describe('an election that is watched', () => {
  let database: TestDatabase
  let server: TestServer
  let party: Party
  const watchers: Watcher[] = []
  const sockets: Socket[] = []
  const watch = async (
    ...options: Parameters<typeof Watcher.open> extends [string, string, ...infer R] ? R : never
  ) => {
    const watcher = await Watcher.open(server.url, party.id, ...options)
    watchers.push(watcher)
    return watcher
  }

  beforeAll(async () => {
    database = await databases[0]!.create()
    server = await startTestServer(database, {}, undefined, { live: quick })
    party = await Party.create(server.url)
    await party.roll(6)
    await party.ceremony()
    server.clock.set(testTimes.opens)
    await party.reached('open')
  })
  afterEach(async () => {
    for (const { socket } of watchers) socket.close()
    await Promise.all(watchers.splice(0).map(({ closed }) => closed))
    for (const socket of sockets.splice(0)) socket.destroy()
  })
  afterAll(async () => {
    await server.close()
    await database.remove()
  })

  /** An answer on a connection by hand, to its end. */
  async function speaking(text: string): Promise<string> {
    const { hostname, port } = new URL(server.url)
    const socket = connect(Number(port), hostname)
    sockets.push(socket)
    let heard = ''
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
    socket.write(text)
    await once(socket, 'close')
    return heard
  }
  const opening = (path: string) =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`

  it('says how far it is, at once and after each checkpoint, and nothing else', async () => {
    const watcher = await watch()
    const before = await watcher.until(() => true)
    const { size, closes } = await party.status()
    expect(watcher.texts).toEqual([
      `{"ballots":0,"size":${size},"stage":"open","closes":"${closes}","announced":[]}`,
    ])
    expect(before.size).toBe(size)
    for (let voter = 0; voter < 6; voter++) {
      expect((await party.send(party.ballot(voter, yes))).status).toBe(201)
      await sleep(150)
    }
    expect(await watcher.until(({ ballots }) => ballots === 6)).toMatchObject({
      size: size + 6,
      stage: 'open',
    })
    for (const text of watcher.texts)
      expect(text).toMatch(/^\{"ballots":\d+,"size":\d+,"stage":"open","closes":"[^"]+","announced":\[\]\}$/)
    expect(new Set(watcher.texts).size).toBe(watcher.texts.length)
    // Who comes later hears the same.
    expect(await (await watch()).until(() => true)).toEqual(watcher.last)
    await sleep(1_500)
    expect(watcher.last?.ballots).toBe(6)
  })

  it('says when the administrators say something, and where', async () => {
    const watcher = await watch()
    await watcher.until(() => true)
    await party.post('notice', { text: 'a word' })
    const { size, announced } = await party.status()
    expect(announced).toEqual([size - 1])
    expect(await watcher.until((numbers) => numbers.size === size)).toMatchObject({ announced })
  })

  it('speaks as little as it can: no part protocol, nothing packed', async () => {
    const { socket } = await watch({ perMessageDeflate: true })
    expect([socket.protocol, socket.extensions]).toEqual(['', ''])
    await expect(Watcher.open(server.url, party.id, {}, ['chat'])).rejects.toThrow('no subprotocol')
  })

  it('hears nothing: whoever speaks is shown out', async () => {
    const speaks = await watch()
    speaks.socket.send('hello')
    expect(await speaks.closed).toBe(1008)
    const shouts = await watch()
    shouts.socket.send('x'.repeat(quick.message + 1))
    expect([1006, 1009]).toContain(await shouts.closed)
    // Also one who does not say goodbye.
    const clings = await watch()
    clings.socket.send('hello')
    clings.socket.pause()
    await sleep(quick.goodbye + 200)
    clings.socket.resume()
    expect([1006, 1008]).toContain(await clings.closed)
  })

  it('lets go of those who are dead, and of nobody else', async () => {
    const dead = await watch({ autoPong: false })
    const alive = await watch()
    expect(await dead.closed).toBe(1006)
    await sleep(3 * quick.ping)
    expect(alive.socket.readyState).toBe(alive.socket.OPEN)
  })

  it('is watched by so many at most; others are told to come later, and find a place', async () => {
    const three = [await watch(), await watch(), await watch()]
    await expect(watch()).rejects.toThrow('503')
    const refused = await speaking(opening(`/api/elections/${party.id}/live`))
    expect(refused).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 5[^]*urn:cista:problem:busy[^]*too many watch/)
    expect((await request(`${server.url}/api/elections/${party.id}`)).status).toBe(200)
    three[0]!.leave()
    await three[0]!.closed
    await sleep(100)
    expect(await (await watch()).until(() => true)).toEqual(await three[1]!.until(() => true))
  })

  it('is at this address only', async () => {
    for (const [path, problem] of [
      [`/api/elections/${'0'.repeat(64)}/live`, 'unknown-election'],
      ['/api/elections/x/live', 'not-found'],
      [`/api/elections/${party.id}/live/`, 'not-found'],
      [`/api/elections/${party.id}/live?x`, 'not-found'],
      [`/api/elections/${party.id}`, 'not-found'],
      ['/', 'not-found'],
    ] as const)
      expect(await speaking(opening(path))).toMatch(
        new RegExp(`^HTTP/1\\.1 404 [^]*application/problem\\+json[^]*urn:cista:problem:${problem}"`),
      )
    const live = opening(`/api/elections/${party.id}/live`)
    const posted = await speaking(live.replace('GET', 'POST'))
    expect(posted).toMatch(/^HTTP\/1\.1 405 [^]*Allow: GET[^]*urn:cista:problem:method-not-allowed"/)
    for (const wrong of [
      live.replace('Version: 13', 'Version: 12'),
      live.replace('A==', 'A='),
      live.replace(/Sec-WebSocket-Key.*\r\n/, ''),
    ])
      expect(await speaking(wrong)).toMatch(/^HTTP\/1\.1 400 [^]*Version: 13[^]*urn:cista:problem:malformed"/)
    const plain = await request(`${server.url}/api/elections/${party.id}/live`)
    expect(plain).toMatchObject({ status: 426, json: { type: 'urn:cista:problem:upgrade-required' } })
    const { json } = await request(`${server.url}/api/openapi.json`)
    expect(json.info.description).toContain('/api/elections/{election}/live is a WebSocket')
  })

  it('does not keep those from an answer who offer another protocol, as some clients do always', async () => {
    const { hostname: host, port } = new URL(server.url)
    const headers = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABkAAQ' }
    const send = (method: string, path: string, body?: Uint8Array) => {
      const length = body === undefined ? {} : { 'Content-Length': body.length }
      return answerTo(ask({ host, port, method, path, headers: { ...headers, ...length } }).end(body))
    }
    for (let i = 0; i < 3; i++)
      expect(await send('GET', '/api/elections')).toMatchObject({
        status: 200,
        headers: { connection: 'close' },
      })
    // Its body is read whole, too.
    await party.follow()
    const body = encodeSubmission(party.ballot(0, yes))
    expect((await send('POST', `/api/elections/${party.id}/entries`, body)).status).toBe(201)
    expect((await send('GET', '/nothing')).status).toBe(404)
  })

  it('says goodbye when the server ends, and waits for nobody for long', async () => {
    const own = await databases[0]!.create()
    const other = await startTestServer(own, {}, undefined, { live: quick })
    const there = await Party.create(other.url)
    const polite = await Watcher.open(other.url, there.id)
    const stuck = await Watcher.open(other.url, there.id)
    stuck.socket.pause()
    const started = performance.now()
    const closing = other.close()
    expect(await polite.closed).toBe(1001)
    await closing
    expect(performance.now() - started).toBeLessThan(5_000)
    stuck.leave()
    await own.remove()
  })
})

describe.each(databases)('processes that are watched, on $name', (kind) => {
  let database: TestDatabase
  const servers: ServerProcess[] = []
  const several = kind.name === 'PostgreSQL'

  beforeAll(async () => {
    await buildCommands()
    database = await kind.create()
  })
  afterAll(async () => {
    for (const server of servers) await server.end('SIGKILL')
    await database.remove()
  })

  async function start(name: string): Promise<ServerProcess> {
    const data = several ? `${database.data}/${name}` : database.data
    const server = await ServerProcess.start(
      { ...database, data },
      { CISTA_BOARD_SECRET_FILE: `${database.data}/board-secret` },
    )
    servers.push(server)
    return server
  }

  it('tell of what any of them has put on the board, and come back after any end', async () => {
    const first = await start('one')
    const party = await Party.create(first.url, { schedule: openNow() })
    await party.roll(3)
    await party.ceremony()
    await party.reached('open')
    const second = several ? await start('two') : first
    const watcher = await Watcher.open(second.url, party.id)
    await watcher.until(({ stage }) => stage === 'open')
    expect((await party.send(party.ballot(0, yes))).status).toBe(201)
    await watcher.until(({ ballots }) => ballots === 1)

    const cut = await Watcher.open(first.url, party.id)
    await first.end('SIGKILL')
    expect(await cut.closed).toBe(1006)
    const third = await start('one')
    party.url = third.url
    const again = await Watcher.open(third.url, party.id)
    await again.until(({ ballots }) => ballots === 1)
    expect((await party.send(party.ballot(1, yes))).status).toBe(201)
    const numbers = await again.until(({ ballots }) => ballots === 2)
    if (several) expect(await watcher.until(({ ballots }) => ballots === 2)).toEqual(numbers)
    expect(await third.end('SIGTERM')).toBe(0)
    expect(await again.closed).toBe(1001)
    watcher.leave()
  })
})
