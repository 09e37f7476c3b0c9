import { gzipSync } from 'node:zlib'
import { boardKey, fromBase64url, toBase64url, utf8, witnessKey } from '@cista/board'
import { encodePayload, encodeSubmission, submission } from '@cista/protocol'
import { manifestBytes, testKeys, testManifest, testTimes } from '@cista/testkit'
import { signSubmission } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../src/database.js'
import { problems } from '../src/problem.js'
import { type TestDatabase, databases } from './databases.js'
import { type Answer, Party, keys, newManifest, postBytes, request, yes } from './party.js'
import { type TestServer, startTestServer } from './running.js'

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)
const administrator = { by: 'administrator-1', secret: keys.administrators[0]!.secret }

/** The answer is a document of RFC 9457 that ends with the advice of its type. */
function expectProblem({ status, type, json }: Answer, name: keyof typeof problems, code?: string): void {
  expect(json).toMatchObject({ type: `urn:cista:problem:${name}`, status: problems[name].status })
  expect(status).toBe(problems[name].status)
  expect(type).toContain('application/problem+json')
  expect(json.title).toBe(problems[name].title)
  expect(json.detail.endsWith(problems[name].advice)).toBe(true)
  expect(json.detail.length).toBeGreaterThan(problems[name].advice.length + 5)
  if (code !== undefined) expect(json.findings.map((f: { code: string }) => f.code)).toContain(code)
}

describe.each(databases)('bad requests, on $name', (kind) => {
  let database: TestDatabase
  let server: TestServer
  /** Being prepared, and open. */
  let early: Party
  let open: Party
  const sizes = new Map<Party, number>()

  beforeAll(async () => {
    database = await kind.create()
    server = await startTestServer(database)
    const styles = ['all', 'other'].map((id) => ({ contests: ['question'], id }))
    open = await Party.create(server.url, {
      styles,
      units: [{ contest: 'question', id: 'question', styles: ['all', 'other'] }],
    })
    await open.roll(2)
    await open.ceremony()
    early = await Party.create(server.url)
    server.clock.set(testTimes.opens)
    await open.reached('open')
    for (const party of [early, open]) sizes.set(party, (await party.status()).size)
  })

  afterAll(async () => {
    await server.close()
    await database.remove()
  })

  const notice = () => open.signed('notice', { text: 'Polls are open' })

  it.each<[string, () => Uint8Array | string]>([
    ['nothing', () => ''],
    ['no JSON', () => 'vote'],
    ['no object', () => '[]'],
    ['not UTF-8', () => Uint8Array.of(0xff, 0xfe)],
    ['a byte order mark', () => `\ufeff${text(encodeSubmission(notice()))}`],
    ['spaces', () => text(encodeSubmission(notice())).replace(',', ', ')],
    ['an unknown field', () => text(encodeSubmission(notice())).replace('{', '{"extra":1,')],
    ['a field twice', () => text(encodeSubmission(notice())).replace('{', '{"kind":"notice",')],
    ['an unknown kind', () => text(encodeSubmission(notice())).replace('"notice"', '"recount"')],
    ['padded base64', () => text(encodeSubmission(notice())).replace(/("payload":"[^"]*)"/, '$1="')],
  ])('%s is no submission', async (_, body) => {
    expectProblem(await open.sendBytes(body()), 'malformed', 'ENCODING')
    expectProblem(await postBytes(`${server.url}/api/elections`, body()), 'malformed', 'ENCODING')
  })

  it('a payload with an unknown field is none', async () => {
    const payload = utf8(text(notice().payload).replace('{', '{"extra":1,'))
    const s = signSubmission(open.id, 'notice', payload, [administrator])
    expectProblem(await open.send(s), 'malformed', 'ENTRY_PAYLOAD')
  })

  it('a payload longer than its kind allows is none', async () => {
    const s = submission('cancelled', new Uint8Array(9_000), [])
    expectProblem(await open.send(s), 'malformed', 'ENCODING')
  })

  it('a body may not be larger than any submission, nor compressed', async () => {
    expectProblem(await open.sendBytes(new Uint8Array(6_000_000)), 'too-large')
    const compressed = {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(encodeSubmission(notice())),
    }
    expectProblem(await request(`${server.url}/api/elections/${open.id}/entries`, compressed), 'encoding')
  })

  it('addresses, methods and parameters are told', async () => {
    const api = `${server.url}/api`
    const unknown = 'ab'.repeat(32)
    expectProblem(await request(`${server.url}/nothing`), 'not-found')
    expectProblem(await request(`${api}/nothing`), 'not-found')
    expectProblem(await request(`${api}/elections`, { method: 'DELETE' }), 'method-not-allowed')
    expectProblem(await request(`${api}/elections/${unknown}`), 'unknown-election')
    expectProblem(await request(`${api}/elections/${unknown}/credentials/${unknown}`), 'unknown-election')
    expectProblem(await request(`${api}/elections/${unknown}/ballots/${unknown}`), 'not-found')
    expectProblem(await request(`${api}/elections/${open.id}/ballots/${open.id}`), 'not-found')
    expectProblem(await request(`${api}/elections/${unknown.toUpperCase()}`), 'malformed', 'PARAMETER')
    expectProblem(await request(`${api}/elections?page=2`), 'malformed', 'PARAMETER')
    expectProblem(await request(`${api}/board-key`), 'malformed', 'PARAMETER')
    const keyFor = (origin: string) => request(`${api}/board-key?origin=${encodeURIComponent(origin)}`)
    expect((await keyFor(open.course.definition.origin)).json).toMatchObject({ taken: true })
    expect((await keyFor('example.org/free')).json).toMatchObject({ taken: false })
    expectProblem(await request(`${api}/board-key?origin=a%20b`), 'malformed', 'PARAMETER')
    expectProblem(await request(`${api}/board-key?origin=caf%C3%A9`), 'malformed', 'PARAMETER')
    expectProblem(await request(`${api}/elections/%ff`), 'malformed')
    const entries = `${api}/elections/${unknown}/entries`
    expectProblem(await postBytes(entries, encodeSubmission(notice())), 'unknown-election')
    for (const path of [
      'tile/0/000',
      'tile/0/000.p/200',
      'tile/00/000',
      'payload/ab',
      `payload/${unknown}`,
      'x/../y',
    ])
      expectProblem(await request(`${server.url}/elections/${open.id}/${path}`), 'not-found')
  })

  it('what is not signed as the manifest says does not verify', async () => {
    const { payload } = notice()
    const by = (signers: Parameters<typeof signSubmission>[3], id = open.id) =>
      open.send(signSubmission(id, 'notice', payload, signers))
    const { secret } = administrator
    expectProblem(await by([]), 'invalid', 'SIGNATURE_SIGNERS')
    expectProblem(await by([{ by: 'registrar-1', secret }]), 'invalid', 'SIGNATURE_SIGNERS')
    expectProblem(await by([{ by: 'administrator-2', secret }]), 'invalid', 'SIGNATURE_INVALID')
    expectProblem(await by([administrator], early.id), 'invalid', 'SIGNATURE_INVALID')
    expectProblem(await open.send(submission('notice', payload, notice().signatures.slice(1))), 'invalid')
  })

  it('what is not legal now is refused', async () => {
    const { id } = open
    const sequence = open.course.phase.nextSequence('administrator')
    const later = encodePayload(open.course.definition.codecs, 'notice', {
      sequence: sequence + 1,
      text: 'Hello',
    })
    expectProblem(
      await open.send(signSubmission(id, 'notice', later, [administrator])),
      'sequence',
      'SEQUENCE',
    )
    const reason = 'Nobody comes'
    expectProblem(await early.send(early.signed('close-requested', { reason })), 'phase', 'PHASE')
    expectProblem(
      await open.send(open.signed('ceremony-restarted', { attempt: 2, reason })),
      'phase',
      'PHASE',
    )
    expectProblem(
      await early.send(early.signed('ceremony-restarted', { attempt: 3, reason })),
      'ceremony',
      'ATTEMPT',
    )
    const credentials = [
      { key: keys.board.reduce((s, b) => s + b.toString(16).padStart(2, '0'), ''), style: 'all', weight: 1 },
    ]
    expectProblem(await open.send(open.signed('roll', { credentials })), 'phase', 'PHASE')
    const style = [{ ...credentials[0]!, style: 'none' }]
    expectProblem(await early.send(early.signed('roll', { credentials: style })), 'roll', 'ROLL')
    const closes = testTimes.opens
    expectProblem(await open.send(open.signed('extended', { closes, reason })), 'time', 'TIME')
    const kinds = ['opened', 'closed', 'tallied', 'result'] as const
    for (const derived of kinds)
      expectProblem(await open.send(submission(derived, utf8('{}'), [])), 'derived')
    const manifest = await newManifest(server.url)
    expectProblem(await open.send(manifest), 'phase', 'PHASE')
  })

  it('what does not compute is refused', async () => {
    const key = '00'.repeat(32)
    const roll = early.signed('roll', { credentials: [{ key, style: 'all', weight: 1 }] })
    expectProblem(await early.send(roll), 'invalid', 'ROLL_KEY')
    const dealing = open.dealing(1)
    const early1 = early.signed('trustee-dealt', { ...dealing, attempt: 1 })
    expectProblem(await early.send(early1), 'ceremony', 'CEREMONY')
  })

  describe('a ballot', () => {
    it('of a credential that is not on the roll', async () => {
      expectProblem(await open.send(open.ballot(7, yes)), 'not-on-roll', 'BALLOT_CREDENTIAL')
    })

    it('of another style', async () => {
      const { payload } = open.seal(0, yes, undefined, 'other')
      expectProblem(await open.send(open.signBallot(0, payload)), 'ballot-style', 'BALLOT_STYLE')
    })

    it('that replaces what is not there', async () => {
      expectProblem(
        await open.send(open.ballot(0, yes, 'ab'.repeat(32))),
        'ballot-replaces',
        'BALLOT_REPLACES',
      )
    })

    it('before voting', async () => {
      const ballot = open.ballot(0, yes)
      const payload = utf8(text(ballot.payload).replace(open.id, early.id))
      expectProblem(await early.send(submission('ballot', payload, ballot.signatures)), 'phase', 'PHASE')
      expectProblem(await early.send(ballot), 'malformed', 'ENTRY_PAYLOAD')
    })

    it('signed by somebody else, or twice', async () => {
      const { payload } = open.seal(0, yes)
      expectProblem(await open.send(open.signBallot(1, payload)), 'invalid', 'BALLOT_SIGNATURE')
      const { signatures } = open.signBallot(0, payload)
      const twice = submission('ballot', payload, [...signatures, ...signatures])
      expectProblem(await open.send(twice), 'invalid', 'BALLOT_SIGNATURE')
    })

    it('with a changed proof, ciphertext, or length', async () => {
      const { payload } = open.seal(0, yes)
      const changed = (field: 'proof' | 'ciphertexts', change: (bytes: Uint8Array) => Uint8Array) => {
        const value = JSON.parse(text(payload))
        const contest = value.contests[0]
        contest[field] = toBase64url(change(fromBase64url(contest[field])))
        return open.signBallot(0, utf8(JSON.stringify(value)))
      }
      const flipped = (bytes: Uint8Array) => bytes.map((b, i) => (i === bytes.length - 32 ? b ^ 1 : b))
      const swapped = (bytes: Uint8Array) => Uint8Array.of(...bytes.subarray(64), ...bytes.subarray(0, 64))
      expectProblem(await open.send(changed('proof', flipped)), 'invalid', 'BALLOT_PROOF')
      expectProblem(await open.send(changed('ciphertexts', swapped)), 'invalid', 'BALLOT_PROOF')
      const zeros = changed('ciphertexts', (bytes) => new Uint8Array(bytes.length))
      expectProblem(await open.send(zeros), 'invalid', 'BALLOT_ENCODING')
      const longer = changed('proof', (bytes) => Uint8Array.of(...bytes, 0))
      expectProblem(await open.send(longer), 'malformed', 'ENTRY_PAYLOAD')
    })
  })

  describe('a manifest', () => {
    const create = (s: Parameters<typeof encodeSubmission>[0]) =>
      postBytes(`${server.url}/api/elections`, encodeSubmission(s))

    it('that could not work', async () => {
      const broken = testManifest(keys, { threshold: 1, title: { en: 'A', fr: 'B' } })
      const s = submission('manifest', manifestBytes(broken), [])
      expectProblem(await create(s), 'manifest', 'MANIFEST_TEXT')
    })

    it('with a board of another server, or an origin that is taken', async () => {
      const { origin } = open.course.definition
      const sign = (board: string) => {
        const payload = manifestBytes(testManifest(keys, { board, revisions: 0 }))
        return signSubmission(submission('manifest', payload, []).hash, 'manifest', payload, [administrator])
      }
      const foreign = sign(boardKey(testKeys('other').board, 'elections.example/other'))
      expectProblem(await create(foreign), 'manifest', 'MANIFEST_KEY')
      expectProblem(await create(sign(open.course.definition.manifest.board)), 'origin-taken')
      expect(origin).toMatch(/^elections\.example/)
    })

    it('with witnesses', async () => {
      const witness = witnessKey(testKeys('witness').board, 'witness.example')
      const s = await newManifest(server.url, { witnesses: { keys: [witness], quorum: 1 } })
      const answer = await create(s)
      expectProblem(answer, 'manifest', 'MANIFEST_KEY')
      expect(answer.json.detail).toContain('has no address of some witnesses')
    })

    it('that closes in the past', async () => {
      const schedule = { opens: '2025-01-01T00:00:00Z', closes: '2025-01-02T00:00:00Z' }
      expectProblem(await create(await newManifest(server.url, { schedule })), 'manifest', 'MANIFEST_RULE')
    })

    it('that is not signed, or by nobody who may create elections here', async () => {
      const { payload, hash } = await newManifest(server.url)
      expectProblem(await create(submission('manifest', payload, [])), 'invalid', 'SIGNATURE_SIGNERS')
      const { secret } = keys.administrators[1]!
      const other = signSubmission(hash, 'manifest', payload, [{ by: 'administrator-2', secret }])
      expectProblem(await create(other), 'not-an-organiser')
      const forged = signSubmission(hash, 'manifest', payload, [{ by: 'administrator-1', secret }])
      expectProblem(await create(forged), 'invalid', 'SIGNATURE_INVALID')
    })

    it('is what creates an election', async () => {
      expectProblem(await create(notice()), 'malformed', 'ENTRY_KIND')
    })
  })

  it('nothing of all this was stored, neither on a board nor in a queue', async () => {
    for (const [party, size] of sizes) expect((await party.status()).size).toBe(size)
    await server.close()
    const { db, close } = await openDatabase(database)
    const { rows, waiting } = await db
      .selectFrom('submissions')
      .select((e) => [
        e.fn.countAll().as('rows'),
        e.fn.countAll().filterWhere('index', 'is', null).as('waiting'),
      ])
      .executeTakeFirstOrThrow()
    const elections = await db.selectFrom('elections').select('election').execute()
    await close()
    server = await startTestServer(database)
    expect(Number(waiting)).toBe(0)
    expect(Number(rows)).toBe([...sizes.values()].reduce((a, b) => a + b))
    expect(elections.length).toBe(2)
  })
})
