import { emptyFrontier, frontierRoot, utf8 } from '@cista/board'
import { submission } from '@cista/protocol'
import { Simulation } from '@cista/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenDatabase, openDatabase } from '../src/database.js'
import { Inbox } from '../src/inbox.js'
import { sqlStore } from '../src/sqlStore.js'
import type { Store } from '../src/store.js'
import { type TestDatabase, databases } from './databases.js'

describe.each(databases)('the inbox, on $name', ({ create }) => {
  let database: TestDatabase
  let opened: OpenDatabase
  let store: Store
  const { definition, manifest } = new Simulation()
  const election = definition.id
  const notice = (i: number) => submission('notice', utf8(`{"sequence":${i},"text":"x"}`), [])
  const waiting = () => store.locked(election, (board) => board.waiting(10_000, 0))

  beforeAll(async () => {
    database = await create()
    opened = await openDatabase(database)
    store = sqlStore(opened.db)
    const root = frontierRoot(emptyFrontier(definition.origin, election))
    await store.create(definition.origin, root, submission('manifest', manifest, []), 0)
  })
  afterAll(async () => {
    await opened.close()
    await database.remove()
  })

  it('queues what comes at once in few statements, each submission once and by its time', async () => {
    let statements = 0
    const inbox = new Inbox({
      enqueue(arrivals) {
        statements += 1
        return store.enqueue(arrivals)
      },
    })
    const put = (i: number) => inbox.put({ election, submission: notice(i), arrived: 1_000 - i })
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => put(i % 600)))
    expect(statements).toBeLessThan(20)
    const queued = await waiting()
    // The manifest waits too, since the time 0.
    expect(queued.map(({ hash }) => hash)).toEqual([
      election,
      ...Array.from({ length: 600 }, (_, i) => notice(599 - i).hash),
    ])
  })

  it('tells all whose statement failed, and takes the next ones', async () => {
    const inbox = new Inbox(store)
    const before = (await waiting()).length
    const unknown = { election: 'ab'.repeat(32), submission: notice(2_000), arrived: 1 }
    const known = { election, submission: notice(2_001), arrived: 1 }
    const outcomes = await Promise.allSettled([inbox.put(unknown), inbox.put(known)])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await inbox.put(known)
    expect((await waiting()).length).toBe(before + 1)
  })

  it('lets several inboxes work at once on the same submissions', async () => {
    const inboxes = Array.from({ length: 4 }, () => new Inbox(store))
    const numbers = Array.from({ length: 300 }, (_, i) => 5_000 + i)
    await Promise.all(
      inboxes.flatMap((inbox, k) =>
        (k % 2 === 0 ? numbers : numbers.toReversed()).map((i) =>
          inbox.put({ election, submission: notice(i), arrived: i }),
        ),
      ),
    )
    const hashes = new Set((await waiting()).map(({ hash }) => hash))
    expect(numbers.every((i) => hashes.has(notice(i).hash))).toBe(true)
  })
})
