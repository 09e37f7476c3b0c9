import { once } from 'node:events'
import { Agent, request as ask } from 'node:http'
import { type AddressInfo, type Socket, connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import express from 'express'
import { afterEach, describe, expect, it } from 'vitest'
import { type BodyBudget, bodyBudget, bodyReader } from '../src/http/body.js'
import { type HttpServer, connectionLimits, httpServer } from '../src/http/connections.js'
import { Problem, problems } from '../src/problem.js'
import { answerTo } from './asking.js'

const quick = {
  ...connectionLimits,
  headersTimeout: 300,
  requestTimeout: 600,
  connectionsCheckingInterval: 50,
}
let http: HttpServer | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await http?.close(0)
  http = undefined
})

async function listen(http: HttpServer): Promise<number> {
  http.server.listen(0, '127.0.0.1')
  await once(http.server, 'listening')
  return (http.server.address() as AddressInfo).port
}

/** A connection by hand, and all that comes back on it. */
async function speaking(port: number, text: string) {
  const socket = connect(port, '127.0.0.1')
  sockets.push(socket)
  await once(socket, 'connect')
  let heard = ''
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()))
  socket.on('error', () => undefined)
  const ended = once(socket, 'close').then(() => heard)
  socket.write(text)
  return { socket, ended, heard: () => heard }
}

describe('connections', () => {
  it('are cut off where a request does not come in time', async () => {
    const port = await listen((http = httpServer((_, response) => void response.end('answer'), quick)))
    const started = performance.now()
    const silent = await speaking(port, '')
    const head = await speaking(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Le')
    const body = await speaking(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n1234')
    expect(await head.ended).toContain('408')
    await Promise.all([silent.ended, body.ended])
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('are so many at most', async () => {
    const limits = { ...connectionLimits, maxConnections: 2 }
    const port = await listen((http = httpServer((_, response) => void response.end('answer'), limits)))
    const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
    const two = [await speaking(port, get), await speaking(port, get)]
    expect(await (await speaking(port, get)).ended).toBe('')
    while (!two.every(({ heard }) => heard().includes('answer'))) await sleep(10)
  })

  it('that are idle, silent or hang do not keep the server, and answers under way are given', async () => {
    const port = await listen(
      (http = httpServer((request, response) => {
        if (request.url === '/slow') setTimeout(() => response.end('late answer'), 300)
        else if (request.url !== '/never') response.end('answer')
      })),
    )
    const agent = new Agent({ keepAlive: true })
    const answer = (path: string) => answerTo(ask({ port, path, agent }).end())
    await answer('/')
    await speaking(port, '')
    await speaking(port, 'GET /never HTTP/1.1\r\nHost: a\r\n\r\n')
    const slow = answer('/slow')
    await sleep(100)
    const started = performance.now()
    const closed = http.close(1_000)
    expect(await slow).toMatchObject({ text: 'late answer', headers: { connection: 'close' } })
    await closed
    expect(performance.now() - started).toBeLessThan(3_000)
    agent.destroy()
  })

  it('hold a proxy’s connection longer than the proxy does', () => {
    expect(connectionLimits.keepAliveTimeout).toBeGreaterThan(60_000)
    expect(connectionLimits.headersTimeout).toBeLessThan(connectionLimits.requestTimeout)
  })
})

describe('bodies', () => {
  const small: BodyBudget = { largest: 1_000, smallest: 100, small: 250, large: 1 }

  async function reading(budget: BodyBudget) {
    const body = bodyReader(budget)
    const app = express()
    app.post('/', body.read, (request, response) => void response.json((request.body as Buffer).length))
    app.use((error: unknown, _: express.Request, response: express.Response, _next: express.NextFunction) => {
      const name = error instanceof Problem ? error.problem : 'internal'
      response.status(problems[name].status).send(name)
    })
    const port = await listen((http = httpServer(app)))
    const head = (more: string) => `POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${more}\r\n\r\n`
    const sending = (length: number, sent: number) =>
      speaking(port, `${head(`Content-Length: ${length}`)}${'x'.repeat(sent)}`)
    const chunked = (...parts: number[]) =>
      speaking(
        port,
        head('Transfer-Encoding: chunked') +
          parts.map((n) => `${n.toString(16)}\r\n${'x'.repeat(n)}\r\n`).join('') +
          '0\r\n\r\n',
      )
    const holds = async (bytes: number) => {
      for (let tries = 0; body.held() !== bytes; tries++) {
        if (tries > 200) throw new Error(`${body.held()} bytes are held instead of ${bytes}`)
        await sleep(10)
      }
    }
    return { port, sending, chunked, holds, head }
  }

  it('are read whole, also in chunks', async () => {
    const { sending, chunked, holds } = await reading(small)
    expect(await (await sending(100, 100)).ended).toMatch(/200 OK[^]*\n100$/)
    expect(await (await sending(0, 0)).ended).toMatch(/200 OK[^]*\n0$/)
    expect(await (await chunked(50, 50)).ended).toMatch(/200 OK[^]*\n100$/)
    expect(await (await chunked(500, 500)).ended).toMatch(/200 OK[^]*\n1000$/)
    await holds(0)
  })

  it('are no larger than any submission, whatever their senders announce', async () => {
    const { port, sending, chunked, head, holds } = await reading(small)
    expect(await (await sending(1_001, 1_001)).ended).toMatch(/ 413 [^]*too-large$/)
    expect(await (await chunked(600, 600)).ended).toMatch(/ 413 [^]*too-large$/)
    const zipped = await speaking(port, `${head('Content-Encoding: gzip\r\nContent-Length: 2')}xx`)
    expect(await zipped.ended).toMatch(/ 415 [^]*encoding$/)
    await holds(0)
  })

  it('of ballots share a room, and larger ones have few places of their own', async () => {
    const { sending, holds } = await reading(small)
    const first = await sending(100, 99)
    const second = await sending(100, 99)
    await holds(198)
    expect(await (await sending(60, 60)).ended).toMatch(/ 503 [^]*busy$/)
    const large = await sending(1_000, 999)
    await holds(198 + 999)
    expect(await (await sending(101, 101)).ended).toMatch(/ 503 [^]*busy$/)
    expect(await (await sending(50, 50)).ended).toMatch(/200 OK/)
    first.socket.write('x')
    expect(await first.ended).toMatch(/200 OK/)
    // Who goes away gives back what was held.
    second.socket.destroy()
    large.socket.destroy()
    await holds(0)
    expect(await (await sending(1_000, 1_000)).ended).toMatch(/200 OK/)
    await holds(0)
  })

  it('of many senders fill little memory', () => {
    expect(bodyBudget.small + bodyBudget.large * bodyBudget.largest).toBeLessThan(100 * 2 ** 20)
    expect(bodyBudget.smallest).toBeGreaterThan(4 * (262_144 / 3))
  })
})
