import { Agent } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { utf8, verifyReceipt } from '@cista/board'
import { type Submission, encodeSubmission } from '@cista/protocol'
import { policyOf, verifyRecord } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Random, randomBytes, seeded } from '../../../scripts/fuzz/random.js'
import { ServerProcess, buildCommands } from './command.js'
import { type TestDatabase, databases } from './databases.js'
import { openNow } from './filled.js'
import {
  type BadRequest,
  type Target,
  badJson,
  connection,
  mutated,
  noise,
  parallel,
  percentile,
  residentMemory,
  send,
  sendNoise,
  wrongPath,
} from './flood.js'
import { Party, no, postBytes, request, yes } from './party.js'

/** 10,000 altogether. */
const amounts = {
  'random bytes': 2_500,
  'mutated ballots': 2_500,
  'mutated ballots, signed': 100,
  'bad JSON': 1_500,
  'wrong paths': 2_000,
  'huge bodies': 100,
  'no HTTP': 500,
  'slow senders': 400,
  'half-open connections': 400,
} as const
/** Bytes by which memory may grow at most meanwhile: bodies have some 90 MB, the rest is what Node does not give back at once. */
const mostGrowth = 400 * 2 ** 20
/** Milliseconds in which a voter's receipt comes, whatever goes on; far above what is measured, for busy machines. */
const patience = 20_000
const voters = 24

const seed = Number(process.env['CISTA_FUZZ_SEED'] ?? Date.now() % 2 ** 31)

describe.each(databases)('a flood of bad requests, on $name', ({ name, create }) => {
  let database: TestDatabase
  let server: ServerProcess
  let party: Party
  let target: Target
  const agent = new Agent({ keepAlive: true, maxSockets: 48 })
  const hanging: Socket[] = []

  beforeAll(async () => {
    await buildCommands()
    database = await create()
    server = await ServerProcess.start(database, { CISTA_LOG_LEVEL: 'warn' })
    const { hostname, port } = new URL(server.url)
    target = { host: hostname, port: Number(port) }
    party = await Party.create(server.url, { schedule: openNow() })
    await party.roll(voters)
    await party.ceremony()
    await party.reached('open')
  })
  afterAll(async () => {
    for (const socket of hanging) socket.destroy()
    agent.destroy()
    await server.end('SIGKILL')
    await database.remove()
  })

  const entries = () => `/api/elections/${party.id}/entries`
  const post = (body: Uint8Array | string, headers = {}): BadRequest => ({
    method: 'POST',
    path: entries(),
    body,
    headers,
  })

  /** What is sent, as told by the seed alone. */
  function flood(good: Uint8Array): (() => Promise<unknown>)[] {
    const many = (kind: keyof typeof amounts, work: (random: Random, i: number) => Promise<unknown>) =>
      Array.from({ length: amounts[kind] }, (_, i) => () => work(seeded(seed, kind, i), i))
    const by = (make: (random: Random) => BadRequest) => (random: Random) => send(target, agent, make(random))
    const last = voters - 1
    return shuffled(seeded(seed, 'order', 0), [
      ...many(
        'random bytes',
        by((r) => post(randomBytes(r, r.below(4_096)))),
      ),
      ...many(
        'mutated ballots',
        by((r) => post(mutated(r, good))),
      ),
      // Somebody with a code of their own may make the server verify as many proofs as they like.
      ...many(
        'mutated ballots, signed',
        by((r) => {
          const payload = Buffer.from(party.seal(last, yes).payload)
          const proof = payload.indexOf('"proof":"') + 20 + r.below(100)
          payload[proof] = payload[proof] === 65 ? 66 : 65
          return post(encodeSubmission(party.signBallot(last, payload)))
        }),
      ),
      ...many(
        'bad JSON',
        by((r) => post(badJson(r))),
      ),
      ...many(
        'wrong paths',
        by((r) => wrongPath(r, party.id)),
      ),
      ...many(
        'huge bodies',
        by((r) =>
          post(
            new Uint8Array(r.below(2) === 0 ? 5_000_000 : 9_000_000),
            r.below(2) === 0 ? { 'Transfer-Encoding': 'chunked' } : {},
          ),
        ),
      ),
      ...many('no HTTP', (r) => sendNoise(target, noise(r))),
      ...many('slow senders', async (r, i) => {
        const socket = await connection(target)
        hanging.push(socket)
        const head = `POST ${entries()} HTTP/1.1\r\nHost: a\r\nContent-Length: ${r.below(300_000)}\r\n\r\n`
        // A third never ends its head; the others send a first part, and then byte after byte.
        socket.write(i % 3 === 0 ? head.slice(0, -4) : head + 'x'.repeat(r.below(50_000)))
        const trickle = setInterval(() => socket.write('x'), 500)
        socket.once('close', () => clearInterval(trickle))
      }),
      ...many('half-open connections', async () => {
        hanging.push(await connection(target))
      }),
    ])
  }

  it('leaves it answering voters in time, in bounded memory, without an error in its log', async () => {
    const ballots = Array.from({ length: voters - 1 }, (_, i) => party.ballot(i, i % 2 === 0 ? yes : no))
    const [first, ...later] = ballots as [Submission, ...Submission[]]
    const took: number[] = []
    const cast = async (ballot: Submission) => {
      const started = performance.now()
      const { status, json } = await postBytes(`${server.url}${entries()}`, encodeSubmission(ballot))
      took.push(performance.now() - started)
      expect({ status, json }).toMatchObject({ status: 201 })
      verifyReceipt(utf8(json.entry), json.receipt, policyOf(party.course.definition))
    }
    await cast(first)
    const alone = took.splice(0)[0]!
    const before = residentMemory(server.child.pid!)
    let peak = before
    const sampling = setInterval(() => {
      if (server.running) peak = Math.max(peak, residentMemory(server.child.pid!))
    }, 50)

    const jobs = flood(encodeSubmission(party.ballot(voters - 1, yes)))
    expect(jobs.length).toBe(10_000)
    const started = performance.now()
    let done = 0
    const statuses: Record<number, number> = {}
    const flooding = parallel(jobs, 64, async (job) => {
      const status = await job()
      done += 1
      if (typeof status === 'number') statuses[status] = (statuses[status] ?? 0) + 1
    })
    // A voter every so often, all through the flood.
    for (const [i, ballot] of later.entries()) {
      while (done < (jobs.length * i) / later.length) await sleep(5)
      await cast(ballot)
    }
    await flooding
    const seconds = (performance.now() - started) / 1000
    clearInterval(sampling)
    const after = residentMemory(server.child.pid!)
    const mb = (bytes: number) => Math.round(bytes / 2 ** 20)
    console.log(
      `flood on ${name}, seed ${seed}: ${jobs.length} bad requests in ${seconds.toFixed(1)} s; ${took.length} ballots meanwhile, ` +
        `median ${percentile(took, 50).toFixed(0)} ms, p95 ${percentile(took, 95).toFixed(0)} ms (before, ${alone.toFixed(0)} ms); ` +
        `memory ${mb(before)} MB before, ${mb(peak)} MB at most, ${mb(after)} MB after; ${JSON.stringify(statuses)}`,
    )

    expect(server.running).toBe(true)
    expect(Math.max(...took)).toBeLessThan(patience)
    expect(peak - before).toBeLessThan(mostGrowth)
    const lines = server.log.split('\n').filter((line) => line !== '')
    const bad = lines.filter((line) => (JSON.parse(line) as { level: number }).level >= 50)
    expect(bad.slice(0, 5)).toEqual([])
    // Nothing bad was ever accepted, or was a mistake of the server's.
    expect(Object.keys(statuses).filter((status) => /^(201|500)$/.test(status))).toEqual([])
  })

  it('leaves a board that verifies, and a server that ends when it is asked to', async () => {
    expect((await request(`${server.url}/readyz`)).status).toBe(200)
    for (const socket of hanging) socket.destroy()
    for (
      let tries = 0;
      !/^cista_body_bytes 0$/m.test((await request(`${server.url}/metrics`)).json);
      tries++
    ) {
      if (tries > 100) throw new Error('bodies are held that nobody sends any more')
      await sleep(50)
    }
    const report = await verifyRecord(party.record, { election: party.id })
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    expect(report.ballots?.cast).toBe(voters - 1)
    expect(await server.end()).toBe(0)
  })
})

/** Fisher and Yates. */
function shuffled<T>(random: Random, items: readonly T[]): T[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    ;[mixed[i], mixed[j]] = [mixed[j]!, mixed[i]!]
  }
  return mixed
}
