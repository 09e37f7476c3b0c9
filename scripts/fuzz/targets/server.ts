import { type TestDatabase, databases } from '../../../packages/server/test/databases.js'
import { Party, keys, no, yes } from '../../../packages/server/test/party.js'
import { startTestServer } from '../../../packages/server/test/running.js'
import { problems } from '../../../packages/server/src/problem.js'
import { entriesPath, payloadsPath, tilePath, utf8 } from '@cista/board'
import { decodeSubmission, encodeSubmission } from '@cista/protocol'
import { testTimes } from '@cista/testkit'
import { signSubmission } from '@cista/verifier'
import { mutateBytes } from '../bytes.js'
import { type Call, type Reply, hangUp, mutateCall, send, sendBytes, wireOf } from '../http.js'
import { mutateJson } from '../json.js'
import type { Random } from '../random.js'
import { Broken, type Target, holds } from '../target.js'

const voters = 8

/** A real server on the embedded database, with an election in which voting is open. */
async function start() {
  const database: TestDatabase = await databases[0]!.create()
  const server = await startTestServer(database)
  const party = await Party.create(server.url)
  await party.roll(voters)
  await party.ceremony()
  server.clock.set(testTimes.opens)
  await party.reached('open')
  await party.post('notice', { text: 'Polls are open.' })
  const close = async () => {
    hangUp()
    await server.close()
    await database.remove()
  }
  return { url: server.url, party, close }
}

const webSocket = {
  connection: 'upgrade',
  upgrade: 'websocket',
  'sec-websocket-version': '13',
  'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
}

/** A call of every address: reading, and posting what is or can be on the board. */
async function callsOf(party: Party): Promise<Call[]> {
  const { id } = party
  const { size } = await party.status()
  const key = party.credential(0).key
  const get = (path: string): Call => ({ method: 'GET', path, headers: {}, body: new Uint8Array() })
  const post = (path: string, body: Uint8Array): Call => ({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body,
  })
  const ballots = Array.from({ length: voters }, (_, i) => party.ballot(i, i % 2 === 0 ? yes : no))
  const files = [
    'checkpoint',
    entriesPath(0, size),
    payloadsPath(0, size),
    tilePath(0, 0, size),
    `payload/${id}`,
  ]
  const manifest = signSubmission(id, 'manifest', party.manifest, [
    { by: 'administrator-1', secret: keys.administrators[0]!.secret },
  ])
  return [
    ...['/healthz', '/readyz', '/metrics', '/api/openapi.json', '/api/elections', `/api/elections/${id}`].map(
      get,
    ),
    get('/api/board-key?origin=elections.example%2Fnew'),
    get(`/api/elections/${id}/credentials/${key}`),
    ...files.map((file) => get(`/elections/${id}/${file}`)),
    post('/api/elections', encodeSubmission(manifest)),
    ...ballots.map((ballot) => post(`/api/elections/${id}/entries`, encodeSubmission(ballot))),
    // Ballots come first, so that these are there.
    get(`/api/elections/${id}/ballots/${ballots[0]!.hash}`),
    { ...get(`/api/elections/${id}/live`), headers: webSocket },
  ]
}

/** A changed payload, signed by a voter or an administrator: what only somebody with a key could send. */
function resigner(party: Party) {
  return ({ body }: Call, random: Random): Uint8Array => {
    const { kind, payload } = decodeSubmission(body)
    const changed = mutateJson(payload, random)
    if (changed.length < 2 || changed.length > 200_000) return body
    const signed =
      kind === 'ballot'
        ? party.signBallot(random.below(voters), changed)
        : signSubmission(party.id, kind, changed, [
            { by: 'administrator-1', secret: keys.administrators[0]!.secret },
          ])
    return encodeSubmission(signed)
  }
}

const known = new Set(Object.keys(problems).map((name) => `urn:cista:problem:${name}`))
/** What Node itself answers to a request that no application sees. */
const byNode = new Set([400, 413, 417, 431])

function checkReply({ status, type, body }: Reply, { method }: Call): void {
  const text = new TextDecoder().decode(body)
  holds(status < 500 || status === 503, `status ${status}: ${text}`)
  if (status < 400 || method === 'HEAD' || (type === undefined && body.length === 0 && byNode.has(status)))
    return
  holds(type?.startsWith('application/problem+json') === true, `status ${status} with ${type}: ${text}`)
  const problem = JSON.parse(text)
  holds(known.has(problem.type) && problem.status === status, `no problem of ours: ${text}`)
  holds(
    [problem.title, problem.detail].every((t) => typeof t === 'string' && t !== ''),
    text,
  )
  holds(
    problem.findings.every((f: Record<string, unknown>) =>
      ['code', 'at', 'why'].every((k) => typeof f[k] === 'string'),
    ),
    text,
  )
}

const show = ({ body, ...call }: Call): Uint8Array =>
  utf8(JSON.stringify({ ...call, body: new TextDecoder().decode(body) }, null, 1))

export async function serverTargets(): Promise<Target[]> {
  const { url, party, close } = await start()
  const calls = await callsOf(party)
  let done = 0

  /** Every now and then: the server is there and knows where it is. */
  async function isWell(): Promise<void> {
    if (++done % 200 !== 0) return
    const [ready, status] = [calls[1]!, calls[5]!].map((call) => send(url, call))
    if ((await ready)!.status !== 200 || (await status)!.status !== 200)
      throw new Broken('a good request is refused')
    holds(
      JSON.parse(new TextDecoder().decode((await status)!.body)).stage === 'open',
      'voting is not open any more',
    )
  }

  const requests: Target<Call> = {
    name: 'HTTP request',
    samples: calls,
    mutate: (sample, random, other) => mutateCall(sample, random, other, resigner(party)),
    refusals: [],
    show,
    least: 20_000,
    async run(call) {
      const reply = await send(url, call)
      checkReply(reply, call)
      await isWell()
      return reply.status < 400
    },
    close,
  }
  const wire: Target<Uint8Array> = {
    name: 'bytes to the port',
    least: 2_000,
    samples: calls.map(wireOf),
    mutate: (sample, random, other) => mutateBytes(sample, random, other),
    refusals: [],
    show: (bytes) => bytes,
    async run(bytes, sample) {
      const answer = await sendBytes(url, bytes, bytes === sample ? 5_000 : 100)
      const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map((m) => Number(m[1]))
      holds(
        statuses.every((status) => status < 500 || status === 503),
        `status ${statuses.join()}`,
      )
      await isWell()
      return statuses.some((status) => status < 400)
    },
  }
  return [requests, wire] as Target[]
}
