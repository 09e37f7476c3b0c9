import { fromUtf8 } from '@cista/board'
import { type EntryKind, entryKinds } from '@cista/protocol'
import { abortedElection, finishedElection, testTimes } from '@cista/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type TestDatabase, databases } from './databases.js'
import { Party } from './party.js'
import { type TestServer, startTestServer } from './running.js'

/** Fields of payloads that may be missing. */
const optional: Partial<Record<EntryKind, string>> = { manifest: 'description', 'roll-sealed': 'reference' }

it('only two kinds have the same fields, and so may have the same bytes', async () => {
  const fields = new Map<EntryKind, Set<string>>()
  for (const { log } of [await finishedElection(), abortedElection()])
    for (const { kind, bytes } of log) fields.set(kind, new Set(Object.keys(JSON.parse(fromUtf8(bytes)))))
  expect([...fields.keys()].toSorted()).toEqual(entryKinds.toSorted())
  /** Whether a payload of the first kind may lack every field that the second has not. */
  const within = (one: EntryKind, other: EntryKind) =>
    [...fields.get(one)!].every((field) => field === optional[one] || fields.get(other)!.has(field))
  const same = entryKinds.flatMap((one) =>
    entryKinds
      .filter((other) => one < other && within(one, other) && within(other, one))
      .map((other) => [one, other]),
  )
  expect(same).toEqual([['aborted', 'close-requested']])
})

describe.each(databases)('two submissions of the same bytes, on $name', (kind) => {
  let database: TestDatabase
  let server: TestServer

  beforeAll(async () => {
    database = await kind.create()
    server = await startTestServer(database)
  })
  afterAll(async () => {
    await server.close()
    await database.remove()
  })

  it.each([
    ['aborted', 'close-requested'],
    ['close-requested', 'aborted'],
  ] as const)('at once, of which the first is %s, are answered each for itself', async (first, second) => {
    server.clock.set(testTimes.start)
    const party = await Party.create(server.url)
    await party.roll(2)
    await party.ceremony()
    server.clock.set(testTimes.opens)
    await party.reached('open')
    const sent = [first, second].map((of) => party.signed(of, { reason: 'Enough' }))
    expect(sent[0]!.hash).toBe(sent[1]!.hash)
    const answers = await Promise.all(sent.map((s) => party.send(s)))
    const logged = answers.findIndex(({ status }) => status === 201)
    expect(JSON.parse(answers[logged]!.json.entry).kind).toBe(sent[logged]!.kind)
    const { status, json } = answers[1 - logged]!
    expect(status).toBe(409)
    // The second, had it come later: nothing follows “aborted”.
    expect(json.type).toMatch(/^urn:cista:problem:(sequence|phase)$/)
    // And again, when the first answers may have been lost.
    expect(await party.send(sent[logged]!)).toMatchObject({ status: 200, json: answers[logged]!.json })
    expect((await party.send(sent[1 - logged]!)).status).toBe(409)
  })
})
