import { parseCheckpoint, parseNote, parseReceipt } from '@cista/board'
import { noReplaced } from '@cista/protocol'
import { testTimes } from '@cista/testkit'
import { verifyRecord } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, databases } from './databases.js'
import { Party, no, yes } from './party.js'
import { type TestServer, startTestServer } from './running.js'

describe.each(databases)('casting, on $name', (kind) => {
  let database: TestDatabase
  let server: TestServer
  let party: Party

  beforeAll(async () => {
    database = await kind.create()
    server = await startTestServer(database)
    party = await Party.create(server.url)
    await party.roll(21)
    await party.ceremony()
    server.clock.set(testTimes.opens)
    await party.reached('open')
  })
  afterAll(async () => {
    await server.close()
    await database.remove()
  })

  it('gives the same receipt for the same request, at once or later', async () => {
    const ballot = party.ballot(0, yes)
    const together = await Promise.all([ballot, ballot, ballot].map((b) => party.send(b)))
    const later = await party.send(ballot)
    // The same payload with another signature is the same ballot.
    const signedAgain = await party.send(party.signBallot(0, ballot.payload))
    const all = [...together, later, signedAgain]
    expect(new Set(all.map(({ json }) => JSON.stringify(json))).size).toBe(1)
    expect(later.status).toBe(200)
    for (const { status } of together) expect([200, 201]).toContain(status)
  })

  it('accepts one of 50 parallel ballots of one credential, for each ballot that they replace', async () => {
    let replaces = noReplaced
    for (const [round, size] of [50, 10].entries()) {
      const ballots = Array.from({ length: size }, (_, i) =>
        party.ballot(1, i % 2 === 0 ? yes : no, replaces),
      )
      const answers = await Promise.all(ballots.map((b) => party.send(b)))
      const accepted = answers.flatMap((a, i) => (a.status === 201 ? [ballots[i]!.hash] : []))
      expect(accepted.length).toBe(1)
      const types = answers.filter((a) => a.status !== 201).map((a) => a.json.type)
      expect(new Set(types)).toEqual(new Set(['urn:cista:problem:ballot-replaces']))
      replaces = accepted[0]!
      expect((await party.follow()).course.box.last(party.credential(1).key)?.tracker).toBe(replaces)
      expect(party.course.phase.ballots).toBe(2 + round)
    }
  })

  it('puts parallel ballots into batches, ordered by hash', async () => {
    const voters = Array.from({ length: 15 }, (_, i) => i + 3)
    const answers = await Promise.all(voters.map((voter) => party.send(party.ballot(voter, yes))))
    const batches = new Map<number, { index: number; hash: string }[]>()
    for (const { status, json } of answers) {
      expect(status).toBe(201)
      const { size } = parseCheckpoint(parseNote(parseReceipt(json.receipt).checkpoint).body)
      const { index, payload: hash } = JSON.parse(json.entry)
      batches.set(size, [...(batches.get(size) ?? []), { index, hash }])
    }
    expect(batches.size).toBeLessThan(15)
    for (const batch of batches.values()) {
      const inOrder = batch.sort((a, b) => a.index - b.index).map(({ hash }) => hash)
      expect(inOrder).toEqual([...inOrder].sort())
    }
  })

  it('is limited in revisions', async () => {
    await party.follow()
    for (const choice of [no, yes]) {
      expect((await party.send(party.ballot(1, choice))).status).toBe(201)
      await party.follow()
    }
    const { status, json } = await party.send(party.ballot(1, no))
    expect([status, json.type]).toEqual([409, 'urn:cista:problem:ballot-revisions'])
  })

  it('gives a receipt also while the ballot is just being put on the board', async () => {
    const ballot = party.ballot(20, yes)
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        await new Promise((soon) => setTimeout(soon, 3 * i))
        return party.send(ballot)
      }),
    )
    expect(answers.filter(({ status }) => status !== 200 && status !== 201)).toEqual([])
    expect(new Set(answers.map(({ json }) => JSON.stringify(json))).size).toBe(1)
  })

  it('ends at the closing time, but answers what is on the board', async () => {
    const ballot = party.ballot(18, yes)
    const first = await party.send(ballot)
    const late = party.ballot(19, yes)
    server.clock.set(testTimes.closes)
    const refused = await party.send(late)
    expect(refused.status).toBe(409)
    expect(['urn:cista:problem:time', 'urn:cista:problem:phase']).toContain(refused.json.type)
    await party.reached('tallied')
    expect(await party.send(ballot)).toMatchObject({ status: 200, json: first.json })
    expect((await party.send(late)).json.type).toBe('urn:cista:problem:phase')
    const report = await verifyRecord(party.record)
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    expect(report.verdict).toBe('unfinished')
  })
})
