import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { toTimestamp, utf8, verifyReceipt } from '@cista/board'
import type { Submission } from '@cista/protocol'
import { policyOf, verifyRecord } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, databases } from './databases.js'
import { type Answer, Party, keys, request, yes } from './party.js'

const command = fileURLToPath(new URL('../bin/cista-server.js', import.meta.url))

/** The built command, as operators run it, with its worker threads. */
async function startCommand({
  data,
  databaseUrl,
}: TestDatabase): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [command, '--data', data, '--port', '0'], {
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: databaseUrl,
      CISTA_ORGANISERS: keys.administrators[0]!.key,
      CISTA_RATE_LIMIT: '0',
      CISTA_LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const [, address] = /^cista-server listening on (http:\S+)$/.exec(line) ?? []
      if (address !== undefined) resolve(address)
    })
    child.once('exit', (status) => reject(new Error(`the server ended with status ${status}`)))
  })
  return { child, url }
}

async function end(child: ChildProcess, signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
  const exit = once(child, 'exit')
  child.kill(signal)
  const [status] = await exit
  return status as number | null
}

describe.each(databases)('the command cista-server, on $name', (kind) => {
  let database: TestDatabase
  let server: Awaited<ReturnType<typeof startCommand>>

  beforeAll(async () => {
    if (!existsSync(fileURLToPath(new URL('../dist/main.js', import.meta.url))))
      throw new Error('build the packages first')
    database = await kind.create()
    server = await startCommand(database)
  })
  afterAll(async () => {
    server.child.kill('SIGKILL')
    await database.remove()
  })

  it('loses nothing acknowledged when it is killed while ballots come in', async () => {
    const now = Math.floor(Date.now() / 1000)
    const schedule = { opens: toTimestamp(now - 60), closes: toTimestamp(now + 3600) }
    const party = await Party.create(server.url, { schedule })
    const voters = 24
    await party.roll(voters)
    await party.ceremony()
    await party.reached('open')
    const ballots = Array.from({ length: voters }, (_, i) => party.ballot(i, yes))
    const acknowledged = new Map<Submission, Answer>()
    const checkpoints: string[] = []

    for (const enough of [4, 12]) {
      const open = ballots.filter((ballot) => !acknowledged.has(ballot))
      let killed: Promise<unknown> | undefined
      // Three voters at a time: when the end comes, others are in the middle.
      const voter = async () => {
        for (let ballot = open.shift(); ballot && killed === undefined; ballot = open.shift()) {
          const answer = await party.send(ballot).catch(() => undefined)
          if (answer === undefined) return
          expect([200, 201]).toContain(answer.status)
          acknowledged.set(ballot, answer)
          if (acknowledged.size >= enough) killed ??= end(server.child, 'SIGKILL')
        }
      }
      await Promise.all([voter(), voter(), voter()])
      await killed
      checkpoints.push([...acknowledged.values()].at(-1)!.json.receipt.split('\n\n').slice(1).join('\n\n'))
      expect(acknowledged.size).toBeLessThan(voters)
      server = await startCommand(database)
      party.url = server.url
    }

    for (const ballot of ballots) {
      const answer = await party.send(ballot)
      expect([200, 201]).toContain(answer.status)
      const before = acknowledged.get(ballot)
      if (before !== undefined) expect(answer).toMatchObject({ status: 200, json: before.json })
      verifyReceipt(utf8(answer.json.entry), answer.json.receipt, policyOf(party.course.definition))
    }
    for (const earlier of checkpoints) {
      const report = await verifyRecord(party.record, { election: party.id, earlier })
      expect(report.checks.flatMap((check) => check.findings)).toEqual([])
      expect(report.ballots?.cast).toBe(voters)
    }
  })

  it('shares a database, but never a data folder', async () => {
    await expect(startCommand(database)).rejects.toThrow('status 2')
    if (database.databaseUrl === undefined) return
    const data = await mkdtemp(join(tmpdir(), 'cista-second-'))
    const second = await startCommand({ ...database, data })
    expect(await end(second.child, 'SIGTERM')).toBe(0)
    await rm(data, { recursive: true })
  })

  it('says how it is', async () => {
    expect(await request(`${server.url}/healthz`)).toMatchObject({ status: 200 })
    expect(await request(`${server.url}/readyz`)).toMatchObject({ status: 200 })
    const metrics = await request(`${server.url}/metrics`)
    expect(metrics.json).toContain('cista_entries_total{kind="ballot"}')
    expect(metrics.json).toContain('cista_ballots_checked_total')
  })

  it('has its folder back at once when it was killed, once only', async () => {
    await end(server.child, 'SIGKILL')
    expect(existsSync(`${database.data}/lock`)).toBe(true)
    const started = await Promise.allSettled([1, 2, 3].map(() => startCommand(database)))
    const running = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    expect(running).toHaveLength(1)
    server = running[0]!
  })

  it('ends in good order when it is asked to', async () => {
    expect(await end(server.child, 'SIGTERM')).toBe(0)
    expect(existsSync(`${database.data}/lock`)).toBe(false)
  })
})
