import { fromUtf8, utf8 } from '@cista/board'
import { submission } from '@cista/protocol'
import { type Fetch, Unreachable, getJson, httpRecord, postSubmission } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const url = 'https://elections.example/api/elections'
const answering =
  (status: number, body: string | Uint8Array): Fetch =>
  async () => ({
    status,
    arrayBuffer: async () => new Uint8Array(typeof body === 'string' ? utf8(body) : body).buffer,
  })
const failing =
  (error: unknown): Fetch =>
  () =>
    // A program's own fault may throw anything.
    Promise.reject(error as Error)
const unreachable = (why: RegExp) =>
  expect.toSatisfy(
    (error: unknown) =>
      error instanceof Unreachable && error.name === 'Unreachable' && why.test(error.message),
  ) as Error

const notJson: readonly (string | Uint8Array)[] = [
  '',
  'null',
  '[]',
  '"text"',
  '1',
  '{',
  '\u{FEFF}{}',
  Uint8Array.of(0xff),
]

describe('a record over HTTP', () => {
  it.each([
    ['https://elections.example/record', 'https://elections.example/record/tile/0/000'],
    ['https://elections.example/record//', 'https://elections.example/record/tile/0/000'],
    ['https://elections.example//a//b/', 'https://elections.example//a//b/tile/0/000'],
  ])('is read from %s, whatever slashes end the address', async (base, file) => {
    const asked: string[] = []
    const fetch: Fetch = (address) => {
      asked.push(address)
      return answering(200, 'bytes')(address)
    }
    expect(await httpRecord(base, fetch).read('tile/0/000')).toEqual(utf8('bytes'))
    expect(asked).toEqual([file])
  })

  it('lacks the files that are answered with 404, and no others', async () => {
    expect(await httpRecord(url, answering(404, 'no')).read('checkpoint')).toBeUndefined()
    for (const status of [201, 204, 301, 403, 500])
      await expect(httpRecord(url, answering(status, 'x')).read('checkpoint')).rejects.toEqual(
        unreachable(new RegExp(`^${url}/checkpoint answers with status ${status}$`)),
      )
  })

  it('is unreachable for the reason that the network gives', async () => {
    const read = (error: unknown) => httpRecord(url, failing(error)).read('checkpoint')
    await expect(read(new Error('no route'))).rejects.toEqual(
      unreachable(/\/checkpoint cannot be reached: no route$/),
    )
    // Node and browsers hide the reason in `cause`.
    await expect(read(new TypeError('fetch failed', { cause: new Error('ECONNREFUSED') }))).rejects.toEqual(
      unreachable(/reached: ECONNREFUSED$/),
    )
    await expect(read(new TypeError('fetch failed', { cause: 'no error' }))).rejects.toEqual(
      unreachable(/reached: fetch failed$/),
    )
    await expect(read('odd')).rejects.toEqual(unreachable(/reached: odd$/))
  })
})

describe('a submission that is posted', () => {
  const notice = submission('notice', utf8('{}'), [])
  const post = (status: number, body: string | Uint8Array) =>
    postSubmission(url, notice, answering(status, body))

  it('goes as JSON', async () => {
    const sent: unknown[] = []
    const fetch: Fetch = (address, init) => {
      sent.push(address, { ...init, body: fromUtf8(init!.body!) })
      return answering(201, '{"entry":"e","receipt":"r"}')(address)
    }
    await postSubmission(url, notice, fetch)
    const headers = { 'content-type': 'application/json' }
    expect(sent).toEqual([
      url,
      { method: 'POST', headers, body: '{"kind":"notice","payload":"e30","signatures":[]}' },
    ])
  })

  it.each([200, 201])('comes back with status %i as the server says it has logged it', async (status) => {
    const outcome = await post(status, '{"entry":"e","receipt":"r"}')
    expect(outcome).toEqual({ kind: 'logged', entry: utf8('e'), receipt: 'r' })
  })

  it.each([
    '{}',
    '{"entry":"e"}',
    '{"receipt":"r"}',
    '{"entry":1,"receipt":"r"}',
    String.raw`{"entry":"\ud800","receipt":"r"}`,
  ])('is not taken for logged on the answer %s', (json) =>
    expect(post(201, json)).rejects.toEqual(unreachable(/elections answers without entry and receipt$/)),
  )

  it.each(notJson)('is not taken for logged, nor refused, on the answer %s', async (body) => {
    for (const status of [201, 400])
      await expect(post(status, body)).rejects.toEqual(
        unreachable(new RegExp(`elections answers with status ${status} and no JSON object$`)),
      )
  })

  it('comes back refused with all that the server says', async () => {
    const findings = [{ code: 'BALLOT_STYLE', at: 'style', why: 'no such style' }]
    const problem = {
      type: 'https://cista.example/problems/refused',
      title: 'Refused',
      detail: 'Mend it.',
      findings,
    }
    const outcome = await post(422, JSON.stringify({ ...problem, status: 999 }))
    expect(outcome).toEqual({ kind: 'refused', problem: { ...problem, status: 422 } })
  })

  it('comes back refused with what can be said where the server says nothing, or nonsense', async () => {
    const plain = {
      type: 'about:blank',
      title: 'status 503',
      status: 503,
      detail: 'the server refused with status 503',
      findings: [],
    }
    expect(await post(503, '{}')).toEqual({ kind: 'refused', problem: plain })
    const finding = { code: 'A', at: 'b', why: 'c' }
    const odd = [
      null,
      1,
      'x',
      [],
      {},
      { ...finding, code: 1 },
      { ...finding, at: 1 },
      { ...finding, why: 1 },
      finding,
    ]
    const nonsense = { type: 1, title: null, detail: {}, findings: odd }
    const problem = { ...plain, findings: [finding] }
    expect(await post(503, JSON.stringify(nonsense))).toEqual({ kind: 'refused', problem })
    expect(await post(503, '{"findings":{"length":1}}')).toEqual({ kind: 'refused', problem: plain })
  })
})

describe('a JSON answer', () => {
  it('is an object with status 200, and nothing for 404', async () => {
    expect(await getJson(url, answering(200, '{"a":1}'))).toEqual({ a: 1 })
    expect(await getJson(url, answering(404, '{"a":1}'))).toBeUndefined()
    for (const body of notJson)
      await expect(getJson(url, answering(200, body))).rejects.toEqual(
        unreachable(/status 200 and no JSON object$/),
      )
  })

  it('is the server’s refusal with any other status', () =>
    expect(getJson(url, answering(429, '{"detail":"Wait."}'))).rejects.toEqual(
      unreachable(new RegExp(`^${url}: Wait\\.$`)),
    ))
})
