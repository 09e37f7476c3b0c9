import { parseReceipt, sha256, utf8, verifyReceipt } from '@cista/board'
import {
  castBallot,
  httpConnection,
  identifyVoter,
  openElection,
  sealBallot,
  trackBallot,
} from '@cista/client'
import { makeCode } from '@cista/protocol'
import { testTimes } from '@cista/testkit'
import { policyOf, verifyRecord } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiRoutes } from '../src/http/routes.js'
import { problemAnswer } from '../src/http/schemas.js'
import { problems } from '../src/problem.js'
import type { SubmitPorts } from '../src/submit.js'
import { type TestDatabase, databases } from './databases.js'
import { Party, no, request, yes } from './party.js'
import { type TestServer, startTestServer } from './running.js'

describe.each(databases)('an election over HTTP, on $name', (kind) => {
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

  it('is created and prepared', async () => {
    party = await Party.create(server.url, { paper: true })
    await party.roll(5, 2)
    await party.ceremony()
    expect(await party.status()).toMatchObject({
      id: party.id,
      stage: 'setup',
      joined: [1, 2],
      dealt: [1, 2],
      confirmed: [1, 2],
      complaint: null,
      rollChunks: 3,
      credentials: 5,
      sealed: true,
      opened: null,
      size: 11,
    })
  })

  it('opens by itself when its time has come', async () => {
    server.clock.set(testTimes.opens)
    await party.reached('open')
    const status = await party.status()
    expect(status).toMatchObject({ opened: 11, setup: [5, 6, 7, 8, 9, 10], size: 12 })
  })

  it('takes ballots of the real client, whose receipts verify', async () => {
    const connection = httpConnection(server.url, party.id, fetch)
    const election = await openElection(connection, party.id)
    const code = makeCode(party.id, sha256(utf8('server test code 0')))
    const found = await identifyVoter(connection, election, code)
    if (!('voter' in found)) throw new Error(found.why)
    const composed = sealBallot(election, found.voter, yes)
    if (!('ballot' in composed)) throw new Error('not a vote')
    const cast = await castBallot(connection, election, found.voter, composed.ballot)
    if (cast.kind !== 'cast') throw new Error(cast.kind)
    const { entry, proof } = cast.receipt
    expect(verifyReceipt(utf8(entry), proof, policyOf(election.definition)).entry.index).toBe(12)
    const tracked = await trackBallot(connection, election, composed.ballot.tracker)
    expect(tracked).toMatchObject({ kind: 'on-board', index: 12 })
  })

  it('replaces ballots and answers hints', async () => {
    await party.follow()
    const second = party.ballot(0, no)
    expect((await party.send(second)).status).toBe(201)
    for (const voter of [1, 2, 3]) expect((await party.send(party.ballot(voter, yes))).status).toBe(201)
    const hints = await request(
      `${server.url}/api/elections/${party.id}/credentials/${party.credential(0).key}`,
    )
    expect(hints.json).toMatchObject({ changes: [], cancelled: null, ballot: { tracker: second.hash } })
    const receipt = await request(`${server.url}/api/elections/${party.id}/ballots/${second.hash}`)
    expect(parseReceipt(receipt.json.receipt).index).toBe(receipt.json.index)
    await party.follow()
    await party.post('cancelled', { credential: party.credential(3).key, reason: 'votes on paper' })
  })

  it('closes by itself, is tallied, decrypted, and ends with a record that verifies', async () => {
    server.clock.set(testTimes.closes)
    await party.reached('closed')
    await party.post('reconciled', { cancellations: 1 })
    await party.reached('tallied')
    await party.decrypt(1)
    await party.decrypt(2)
    await party.reached('ended')
    const report = await verifyRecord(party.record, { election: party.id })
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    expect(report).toMatchObject({
      verdict: 'verified',
      ballots: { cast: 5, counted: 3, superseded: 1, cancelled: 1, void: 0 },
    })
    expect(JSON.stringify(report.results)).toContain('"yes","votes":2')
    expect(await party.status()).toMatchObject({ stage: 'ended', ended: 'result', decrypted: [1, 2] })
  })

  it('gives every receipt once more, also after a restart', async () => {
    await server.close()
    server = await startTestServer(database)
    party.url = server.url
    for (const { json } of party.answers.slice(1, 4)) {
      const { payload: hash } = JSON.parse(json.entry)
      const payload = new Uint8Array(
        await (await fetch(`${server.url}/elections/${party.id}/payload/${hash}`)).arrayBuffer(),
      )
      const { kind, signatures } = JSON.parse(json.entry)
      const sent = await party.send({ kind, payload, hash, signatures })
      expect(sent).toMatchObject({ status: 200, json })
    }
    expect((await verifyRecord(party.record)).verdict).toBe('verified')
    const { json } = await request(`${server.url}/api/elections`)
    expect(json.elections).toMatchObject([{ id: party.id, stage: 'ended', title: { en: 'A test election' } }])
  })

  it('slows down who asks too often', async () => {
    await server.close()
    server = await startTestServer(database, { CISTA_RATE_LIMIT: '3' })
    const statuses = []
    for (let i = 0; i < 4; i++) {
      const { status, json } = await request(`${server.url}/api/elections`)
      statuses.push(status)
      if (status !== 200) expect(json.type).toBe('urn:cista:problem:too-many-requests')
    }
    expect(statuses).toEqual([200, 200, 200, 429])
  })

  it('describes itself in OpenAPI 3.1', async () => {
    await server.close()
    server = await startTestServer(database)
    const { json } = await request(`${server.url}/api/openapi.json`)
    expect(json.openapi).toBe('3.1.0')
    const operations = Object.entries<Record<string, object>>(json.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    )
    expect(operations).toEqual([
      'get /api/board-key',
      'get /api/elections',
      'post /api/elections',
      'get /api/elections/{election}',
      'post /api/elections/{election}/entries',
      'get /api/elections/{election}/credentials/{credential}',
      'get /api/elections/{election}/ballots/{tracker}',
    ])
    for (const name of Object.keys(problems))
      expect(json.components.responses.Problem.description).toContain(`urn:cista:problem:${name}`)
  })

  it('answers as it describes', async () => {
    const answers = apiRoutes({} as SubmitPorts)
    const get = async (path: string, parameters: string) => {
      const route = answers.find((r) => r.method === 'get' && r.path === path)!
      const { json } = await request(`${server.url}/api${parameters}`)
      expect(route.answers[200]!.safeParse(json).error).toBeUndefined()
    }
    const { id } = party
    const { tracker } = party.course.box.last(party.credential(0).key)!
    await get('/board-key', '/board-key?origin=example.org/1')
    await get('/elections', '/elections')
    await get('/elections/{election}', `/elections/${id}`)
    const { key } = party.credential(0)
    await get('/elections/{election}/credentials/{credential}', `/elections/${id}/credentials/${key}`)
    await get('/elections/{election}/ballots/{tracker}', `/elections/${id}/ballots/${tracker}`)
    const problem = await request(`${server.url}/api/elections/x`)
    expect(problemAnswer.safeParse(problem.json).error).toBeUndefined()
  })
})
