import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromTimestamp } from '@cista/board'
import { noReplaced } from '@cista/protocol'
import { testTimes } from '@cista/testkit'
import { verifyRecord } from '@cista/verifier'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { sqlStore } from '../src/sqlStore.js'
import { type TestDatabase, databases, withoutWall } from './databases.js'
import { Party, no, request, yes } from './party.js'
import { type TestServer, startTestServer } from './running.js'

const opening = fromTimestamp(testTimes.opens) * 1000
const closing = fromTimestamp(testTimes.closes) * 1000

const at = (db: Database, election: string, index: number) =>
  db.updateTable('submissions').where('election', '=', election).where('index', '=', `${index}`)

const tampered: [string, (db: Database, election: string) => Promise<unknown>][] = [
  ['an entry is gone', (db, id) => at(db, id, 3).set({ index: null, entry: null }).execute()],
  [
    'a payload is another',
    (db, id) =>
      at(db, id, 3)
        .set({ payload: new Uint8Array(9) })
        .execute(),
  ],
  [
    'the chain is another',
    async (db, id) => {
      const { entry } = await db
        .selectFrom('submissions')
        .select('entry')
        .where('election', '=', id)
        .where('index', '=', '7')
        .executeTakeFirstOrThrow()
      await at(db, id, 6).set({ entry }).execute()
    },
  ],
]

describe.each(databases)('the sequencer, on $name', (kind) => {
  let database: TestDatabase
  let server: TestServer
  let party: Party

  beforeAll(async () => {
    database = await kind.create()
    server = await startTestServer(database)
  })
  afterAll(async () => {
    await server.close()
    await database.remove()
  })
  // An election of its own for each test, at its opening time.
  beforeEach(async () => {
    server.clock.set(testTimes.start)
    party = await Party.create(server.url)
    await party.roll(6)
    await party.ceremony()
    server.clock.set(testTimes.opens)
    await party.reached('open')
  })

  /** Stops the server, changes what is stored, and starts it again. */
  async function meanwhile(work: (db: Database) => Promise<unknown>, time = testTimes.opens as string) {
    await server.close()
    const { db, close } = await openDatabase(database)
    await work(db)
    await close()
    server.clock.set(time)
    server = await startTestServer(database, {}, server.clock)
    party.url = server.url
  }

  async function logged(count: number): Promise<void> {
    for (let i = 0; i < 100 && (await party.status()).ballots < count; i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect((await party.status()).ballots).toBe(count)
  }

  it('takes up what an ended process left in the queue, and drops what no longer stands', async () => {
    const [first, second] = [party.ballot(0, yes), party.ballot(0, no)]
    const other = party.ballot(1, yes)
    await meanwhile(async (db) => {
      const store = sqlStore(db)
      for (const [i, ballot] of [first, second, other, first].entries())
        await store.enqueue([{ election: party.id, submission: ballot, arrived: opening + i }])
    })
    await logged(2)
    await party.follow()
    expect(party.course.box.last(party.credential(0).key)?.tracker).toBe(first.hash)
    expect((await party.send(second)).json.type).toBe('urn:cista:problem:ballot-replaces')
    expect((await party.send(other)).status).toBe(200)
    await meanwhile(async (db) => expect(await sqlStore(db).waitingElections()).toEqual([]))
  })

  it('lets two ballots of one credential follow each other, the second in a batch of its own', async () => {
    const first = party.ballot(0, yes)
    const second = party.ballot(0, no, first.hash)
    await meanwhile(async (db) => {
      await sqlStore(db).enqueue([{ election: party.id, submission: first, arrived: opening }])
      await sqlStore(db).enqueue([{ election: party.id, submission: second, arrived: opening + 1 }])
    })
    await logged(2)
    const [a, b] = [await party.send(first), await party.send(second)]
    expect(a.json.receipt.split('\n\n')[1]).not.toBe(b.json.receipt.split('\n\n')[1])
  })

  it('takes ballots that came before the closing time, and none that came later', async () => {
    const [before, after] = [party.ballot(0, yes), party.ballot(1, yes)]
    await meanwhile(
      async (db) => {
        await sqlStore(db).enqueue([{ election: party.id, submission: before, arrived: closing - 1 }])
        await sqlStore(db).enqueue([{ election: party.id, submission: after, arrived: closing }])
      },
      // Within the manifest's tolerance of a minute.
      '2026-01-05T17:00:50Z',
    )
    await party.reached('tallied')
    expect(party.course.phase.ballots).toBe(1)
    expect(party.course.box.last(party.credential(0).key)?.tracker).toBe(before.hash)
    expect((await party.send(after)).json.type).toBe('urn:cista:problem:phase')
    expect((await verifyRecord(party.record)).checks.flatMap((c) => c.findings)).toEqual([])
  })

  it('takes no ballot once the tolerance is over, even if it came in time', async () => {
    const ballot = party.ballot(0, yes)
    await meanwhile(
      (db) => sqlStore(db).enqueue([{ election: party.id, submission: ballot, arrived: closing - 1 }]),
      '2026-01-05T17:01:01Z',
    )
    // No unit has enough ballots: all are withheld, and the result follows by itself.
    await party.reached('ended')
    expect(party.course.phase.ballots).toBe(0)
    expect((await verifyRecord(party.record)).verdict).toBe('verified')
  })

  it('signs a committed head that an ended process did not publish, and the same note', async () => {
    const ballot = party.ballot(0, yes)
    const { json } = await party.send(ballot)
    await meanwhile((db) =>
      withoutWall(db, async () => {
        await db.deleteFrom('heads').where('election', '=', party.id).where('size', '=', '12').execute()
        await db.updateTable('elections').set({ published: 11 }).where('election', '=', party.id).execute()
      }),
    )
    expect((await party.send(ballot)).json).toEqual(json)
    expect(json.receipt).toContain((await request(`${party.url}/elections/${party.id}/checkpoint`)).json)
  })

  it('publishes the last head of an ended board, whoever was killed before', async () => {
    await party.post('aborted', { reason: 'A test' })
    const size = Number((await party.status()).size)
    await meanwhile((db) =>
      withoutWall(db, async () => {
        const last = db.deleteFrom('heads').where('election', '=', party.id)
        await last.where('size', '=', String(size)).execute()
        await db
          .updateTable('elections')
          .set({ published: size - 1 })
          .where('election', '=', party.id)
          .execute()
      }),
    )
    // Nobody asks for the election but for its files.
    const checkpoint = async () =>
      (await request(`${party.url}/elections/${party.id}/checkpoint`)).json as string
    for (let i = 0; i < 100 && !(await checkpoint()).includes(`\n${size}\n`); i++)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await checkpoint()).toContain(`\n${size}\n`)
  })

  it('halts where the stored entries are not those that were signed', async () => {
    expect((await party.send(party.ballot(0, yes))).status).toBe(201)
    await meanwhile((db) =>
      withoutWall(db, () =>
        db
          .updateTable('elections')
          .set({ root: new Uint8Array(32) })
          .execute(),
      ),
    )
    const status = await request(`${party.url}/api/elections/${party.id}`)
    expect(status).toMatchObject({ status: 503, json: { type: 'urn:cista:problem:halted' } })
    expect((await party.send(party.ballot(1, yes))).json.type).toBe('urn:cista:problem:halted')
    expect((await request(`${party.url}/readyz`)).status).toBe(503)
    expect((await request(`${party.url}/healthz`)).status).toBe(200)
    // The record as it was published stays readable.
    expect((await party.follow()).course.phase.ballots).toBe(1)
  })

  // What memory makes of changed rows does not depend on the database.
  it.each(kind === databases.at(-1) ? tampered : [])('halts where %s', async (_, tamper) => {
    await meanwhile((db) => withoutWall(db, () => tamper(db, party.id)))
    expect((await party.send(party.ballot(1, yes))).json.type).toBe('urn:cista:problem:halted')
  })

  it('halts with the board secret of another server', async () => {
    await server.close()
    const secret = `${database.data}/other-secret`
    server = await startTestServer(database, { CISTA_BOARD_SECRET_FILE: secret }, server.clock)
    const { json } = await request(`${server.url}/api/elections/${party.id}`)
    expect(json.type).toBe('urn:cista:problem:halted')
    expect(json.detail).toContain('CISTA_BOARD_SECRET_FILE')
    await server.close()
    server = await startTestServer(database, {}, server.clock)
  })

  it('closes when administrators ask for it', async () => {
    const ballot = party.ballot(0, yes)
    const [cast] = await Promise.all([
      party.send(ballot),
      party.post('close-requested', { reason: 'All voted' }),
    ])
    expect(cast.status).toBe(201)
    await party.reached('tallied')
    await party.post('aborted', { reason: 'A test' })
    await party.reached('ended')
    expect((await verifyRecord(party.record)).aborted).toBe('A test')
    expect((await party.send(ballot)).status).toBe(200)
    expect((await party.send(party.signed('notice', { text: 'Too late' }))).json.type).toBe(
      'urn:cista:problem:phase',
    )
  })
})

describe.each(databases.filter(({ name }) => name === 'PostgreSQL'))('servers on one database', (kind) => {
  it('take what a third has left in the queue, however busy they are, also when voting ends', async () => {
    const database = await kind.create()
    const server = await startTestServer(database)
    const party = await Party.create(server.url)
    await party.roll(40)
    await party.ceremony()
    server.clock.set(testTimes.opens)
    await party.reached('open')
    const third = await openDatabase(database)
    const leave = (voter: number, arrived: number) =>
      sqlStore(third.db).enqueue([
        { election: party.id, submission: party.ballot(voter, yes, noReplaced), arrived },
      ])
    const logged = async (voter: number) =>
      (await party.follow()).course.box.last(party.credential(voter).key) !== undefined
    // Older than everything that is waited for here.
    let voter = 2
    for (let left = false; !(await logged(0)); left = true) {
      const sent = [party.send(party.ballot(voter, yes, noReplaced))]
      if (!left) await leave(0, opening - 5_000)
      sent.push(party.send(party.ballot(voter + 1, yes, noReplaced)))
      expect((await Promise.all(sent)).map((answer) => answer.status)).toEqual([201, 201])
      voter += 2
    }
    await leave(1, closing - 1)
    server.clock.set(testTimes.closes)
    await party.reached('tallied')
    expect(await logged(1)).toBe(true)
    await third.close()
    await server.close()
    await database.remove()
  })

  it('extend one board together, and it never forks', async () => {
    const database = await kind.create()
    const one = await startTestServer(database)
    const data = await mkdtemp(join(tmpdir(), 'cista-second-'))
    const secret = { CISTA_BOARD_SECRET_FILE: join(database.data, 'board-secret') }
    await expect(startTestServer(database)).rejects.toThrow('has the data folder open')
    const two = await startTestServer({ ...database, data }, secret, one.clock)
    const party = await Party.create(one.url)
    await party.roll(12)
    await party.ceremony()
    one.clock.set(testTimes.opens)
    await party.reached('open')
    party.url = two.url
    await party.reached('open')
    const voters = Array.from({ length: 12 }, (_, i) => i)
    const ballots = voters.map((voter) => party.ballot(voter, yes, noReplaced))
    const answers = await Promise.all(
      ballots.map((ballot, i) => {
        party.url = i % 2 === 0 ? one.url : two.url
        return party.send(ballot)
      }),
    )
    expect(answers.map((a) => a.status)).toEqual(voters.map(() => 201))
    // The same ballot at both, and two ballots of one credential, one at each.
    const last = () => party.course.box.last(party.credential(0).key)?.tracker
    await party.follow()
    const rivals = [party.ballot(0, yes), party.ballot(0, no)]
    const rivalAnswers = await Promise.all(
      rivals.map((ballot, i) => {
        party.url = i === 0 ? one.url : two.url
        return party.send(ballot)
      }),
    )
    expect(new Set(rivalAnswers.map((a) => a.status))).toEqual(new Set([201, 409]))
    await party.follow()
    expect(rivals.map((b) => b.hash)).toContain(last())
    party.url = one.url
    for (const [i, answer] of answers.entries())
      expect((await party.send(ballots[i]!)).json).toEqual(answer.json)
    const report = await verifyRecord(party.record)
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    expect(report.ballots?.cast).toBe(13)
    await one.close()
    await two.close()
    await rm(data, { recursive: true })
    await database.remove()
  })
})
