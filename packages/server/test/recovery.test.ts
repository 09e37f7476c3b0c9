import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testTimes } from '@cista/testkit'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { type TestDatabase, backUp, databases, restore } from './databases.js'
import { Party, request, yes } from './party.js'
import { type TestServer, startTestServer } from './running.js'

describe.each(databases)('a board on $name that', ({ create }) => {
  let database: TestDatabase
  let server: TestServer
  let party: Party
  const kept = () => join(database.data, 'checkpoints', party.id)

  beforeAll(async () => {
    database = await create()
    server = await startTestServer(database)
    party = await Party.create(server.url)
    await party.roll(4)
    await party.ceremony()
    server.clock.set(testTimes.opens)
    await party.reached('open')
  })
  afterAll(async () => {
    await server.close()
    await database.remove()
  })

  async function meanwhile<T>(work: (db: Database) => Promise<T>): Promise<T> {
    await server.close()
    const { db, close } = await openDatabase(database)
    try {
      return await work(db)
    } finally {
      await close()
      server = await startTestServer(database, {}, server.clock)
      party.url = server.url
    }
  }
  const halted = async (why: RegExp) => {
    const { json } = await request(`${party.url}/api/elections/${party.id}`)
    expect(json).toMatchObject({ type: 'urn:cista:problem:halted', detail: expect.stringMatching(why) })
    expect((await party.send(party.ballot(3, yes))).status).toBe(503)
  }

  it('restored from an old backup is refused, and goes on from the newest one', async () => {
    await party.send(party.ballot(0, yes))
    const old = await meanwhile(backUp)
    expect((await party.send(party.ballot(1, yes))).status).toBe(201)
    const newest = await meanwhile(backUp)
    await meanwhile((db) => restore(db, old))
    await halted(/\d+ entries were published, but the database holds \d+: it is an older copy/)
    await meanwhile((db) => restore(db, newest))
    expect((await party.send(party.ballot(2, yes))).status).toBe(201)
  })

  it('was extended otherwise after an old backup is refused too', async () => {
    const now = await meanwhile(backUp)
    const note = await readFile(kept(), 'utf8')
    expect((await party.send(party.ballot(3, yes))).status).toBe(201)
    const longer = await readFile(kept(), 'utf8')
    await meanwhile(async (db) => {
      await restore(db, now)
      await writeFile(kept(), note)
    })
    // Another ballot of the same voter makes another board of the same size.
    expect((await party.send(party.ballot(3, yes))).status).toBe(201)
    await meanwhile(() => writeFile(kept(), longer))
    await halted(/another board of \d+ entries was published/)
    await meanwhile(() => writeFile(kept(), note))
    expect((await request(`${party.url}/api/elections/${party.id}`)).status).toBe(200)
  })

  it('has a kept checkpoint that says nothing is looked at by somebody first', async () => {
    const note = await readFile(kept(), 'utf8')
    await meanwhile(() => writeFile(kept(), note.slice(1)))
    await halted(/not the origin of this board/)
    await meanwhile(() => writeFile(kept(), note))
    expect((await request(`${party.url}/readyz`)).status).toBe(200)
  })

  it('is behind a second wall: the database refuses to change what is logged', async () => {
    const attempts = await meanwhile(async (db) => {
      const at = { election: party.id }
      const statements = [
        sql`delete from submissions where "index" = 3`,
        sql`update submissions set payload = ${new Uint8Array(9)} where "index" = 3`,
        sql`update submissions set "index" = 99 where "index" = 3`,
        sql`update submissions set "index" = null, entry = null where "index" = 3`,
        sql`truncate submissions cascade`,
        sql`delete from tiles`,
        sql`update tiles set hashes = ${new Uint8Array(64)}`,
        sql`update heads set note = ''`,
        sql`delete from heads where size = 2`,
        sql`delete from elections where election = ${at.election}`,
        sql`update elections set size = size - 1`,
        sql`update elections set root = ${new Uint8Array(32)}`,
        sql`update elections set epoch = epoch - 1`,
        sql`update elections set published = published - 1`,
        sql`update elections set origin = 'elections.example/another'`,
      ]
      const said = []
      for (const statement of statements)
        said.push(
          await statement.execute(db).then(
            () => 'done',
            (error: Error) => error.message,
          ),
        )
      return said
    })
    expect(attempts.filter((said) => !/never|foreign key/.test(said))).toEqual([])
    expect((await party.follow()).course.phase.ballots).toBe(4)
  })
})
