import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openCheckpoint, parseReceipt, utf8, verifyReceipt } from '@cista/board'
import { encodeSubmission } from '@cista/protocol'
import { testTimes } from '@cista/testkit'
import { policyOf, verifyRecord } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestWitness, buildCommand } from '../../witness/test/running.js'
import { openDatabase } from '../src/database.js'
import { type TestDatabase, backUp, databases, restore } from './databases.js'
import { type Answer, Party, no, request, yes } from './party.js'
import { type TestServer, startTestServer } from './running.js'

const quorum = 2

describe.each(databases)('a board with witnesses, on $name', ({ create }) => {
  const witnesses: TestWitness[] = []
  let database: TestDatabase
  let server: TestServer
  let party: Party
  const boards: string[] = []

  const start = (on: TestDatabase, env: Readonly<Record<string, string>> = {}) =>
    startTestServer(on, { CISTA_WITNESSES: join(database.data, 'witnesses'), ...env }, server?.clock)
  const checkpoint = async (url = party.url) =>
    openCheckpoint(
      (await request(`${url}/elections/${party.id}/checkpoint`)).json as string,
      policyOf(party.course.definition),
    )
  /** The answer, or that none came in two seconds: there is none without a quorum. */
  const soon = (answer: Promise<Answer>): Promise<Answer | 'waits'> =>
    Promise.race([answer, new Promise<'waits'>((r) => setTimeout(() => r('waits'), 2_000))])
  const elections = async (board: string) => {
    boards.push(board)
    for (const witness of witnesses) await witness.list(boards)
  }

  beforeAll(async () => {
    await buildCommand()
    database = await create()
    for (const name of ['a', 'b', 'c'])
      witnesses.push(await (await TestWitness.create(`witness.example/${name}`, [])).start())
    await writeFile(
      join(database.data, 'witnesses'),
      witnesses.map(({ vkey, url }) => `${vkey} ${url}\n`).join(''),
    )
    server = await start(database)
    const keys = witnesses.map(({ vkey }) => vkey)
    party = await Party.create(server.url, { witnesses: { keys, quorum } }, elections)
    await party.roll(8)
    await party.ceremony()
    server.clock.set(testTimes.opens)
    await party.reached('open')
  })
  afterAll(async () => {
    await server.close()
    for (const witness of witnesses) await witness.remove()
    await database.remove()
  })

  it('answers with receipts that a quorum has cosigned', async () => {
    const ballot = party.ballot(0, yes)
    const { status, json } = await party.send(ballot)
    expect(status).toBe(201)
    const { cosignatures } = verifyReceipt(utf8(json.entry), json.receipt, policyOf(party.course.definition))
    expect(cosignatures.length).toBeGreaterThanOrEqual(quorum)
    expect((await party.send(ballot)).json).toEqual(json)
    expect((await verifyRecord(party.record, { election: party.id })).verdict).toBe('unfinished')
  })

  it('waits for its quorum, shows nothing before, and answers once it is there', async () => {
    const [, b, c] = witnesses as [TestWitness, TestWitness, TestWitness]
    await b.end()
    expect((await party.send(party.ballot(1, yes))).status).toBe(201)
    await c.end()
    const { checkpoint: before } = await checkpoint()
    const ballot = party.ballot(2, yes)
    const answer = party.send(ballot)
    expect(await soon(answer)).toBe('waits')
    expect((await checkpoint()).checkpoint).toEqual(before)
    // Another one finds the board as it is, and does not grow it either.
    expect((await request(`${party.url}/api/elections/${party.id}`)).status).toBe(200)
    await c.start('--port', new URL(c.url).port)
    expect((await answer).status).toBe(201)
    expect((await checkpoint()).checkpoint.size).toBe(before.size + 1)
    await b.start('--port', new URL(b.url).port)
  })

  it('is caught by the witnesses where two servers show two boards to two people', async () => {
    const { db, close } = await openOf(database)
    const rows = await backUp(db)
    await close()
    const twin = await create()
    const copy = await openDatabase(twin)
    await restore(copy.db, rows)
    await copy.close()
    const secret = { CISTA_BOARD_SECRET_FILE: join(database.data, 'board-secret') }
    const second = await start(twin, secret)
    const { checkpoint: common } = await checkpoint()
    expect((await checkpoint(second.url)).checkpoint).toEqual(common)

    // One voter's ballot is shown to the witnesses on one board, another's on the other.
    const first = await party.send(party.ballot(3, yes))
    expect(first.status).toBe(201)
    party.url = second.url
    const entries = `${second.url}/api/elections/${party.id}/entries`
    const body = new Uint8Array(encodeSubmission(party.ballot(4, no)))
    const unanswered = fetch(entries, { method: 'POST', body, signal: AbortSignal.timeout(2_000) })
    await expect(unanswered).rejects.toThrow('timeout')
    expect((await checkpoint(second.url)).checkpoint).toEqual(common)
    expect((await request(`${second.url}/metrics`)).json).toMatch(
      /cista_witness_answers_total\{[^}]*outcome="conflict"\} [1-9]/,
    )
    party.url = server.url
    expect(parseReceipt(first.json.receipt).checkpoint).not.toBe('')
    await second.close()
    await twin.remove()
  })

  it('is opened and closed under heads that were cosigned at the time, and verifies to the end', async () => {
    await party.follow()
    await party.post('close-requested', { reason: 'All have voted' })
    await party.reached('tallied')
    await party.decrypt(1)
    await party.decrypt(2)
    await party.reached('ended')
    const report = await verifyRecord(party.record, { election: party.id })
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    expect(report.verdict).toBe('verified')
  })

  /** The embedded database belongs to its server while that runs. */
  async function openOf(of: TestDatabase) {
    if (of.databaseUrl !== undefined) return openDatabase(of)
    await server.close()
    const opened = await openDatabase(of)
    return {
      ...opened,
      async close() {
        await opened.close()
        server = await start(of)
        party.url = server.url
      },
    }
  }
})
