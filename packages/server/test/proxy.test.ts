import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { Agent, request as ask } from 'node:https'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { utf8, verifyReceipt } from '@cista/board'
import { type Submission, encodeSubmission } from '@cista/protocol'
import { policyOf } from '@cista/verifier'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { liveLimits } from '../src/http/liveSockets.js'
import { answerTo } from './asking.js'
import { ServerProcess, buildCommands, root, run } from './command.js'
import { type TestDatabase, databases } from './databases.js'
import { openNow } from './filled.js'
import { Party, yes } from './party.js'
import { Watcher } from './watching.js'

// The proxy as docker/ has it, in front of two servers on one PostgreSQL; where either is missing, scripts/test.sh says so.
const nginx = spawnSync('nginx', ['-v']).status === 0 && spawnSync('openssl', ['version']).status === 0
const real = process.env['CISTA_TEST_DATABASE_URL'] !== undefined

describe.runIf(nginx && real)('two servers behind the proxy', () => {
  const voters = 30
  let folder: string
  let database: TestDatabase
  let servers: ServerProcess[]
  let proxy: ChildProcess
  let said = ''
  let port: number
  let party: Party
  let agent: Agent

  beforeAll(async () => {
    await buildCommands()
    folder = await mkdtemp(join(tmpdir(), 'cista-proxy-'))
    database = await databases[1]!.create()
    await writeFile(join(folder, 'board-secret'), `${'7b'.repeat(32)}\n`)
    const env = { CISTA_BOARD_SECRET_FILE: join(folder, 'board-secret'), CISTA_TRUST_PROXY: '1' }
    servers = await Promise.all(
      ['one', 'two'].map((name) => ServerProcess.start({ ...database, data: join(folder, name) }, env)),
    )
    const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1']
    const files = ['-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')]
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2']
    execFileSync('openssl', ['req', '-x509', ...key, ...files, ...subject], { stdio: 'pipe' })
    port = await freePort()
    await startProxy(await freePort())
    agent = new Agent({ keepAlive: true, ca: await readFile(join(folder, 'fullchain.pem')) })
    party = await Party.create(servers[0]!.url, { schedule: openNow() })
    await party.roll(voters)
    await party.ceremony()
    await party.reached('open')
  })
  afterAll(async () => {
    agent?.destroy()
    if (proxy !== undefined) await stop(proxy)
    for (const server of servers ?? []) await server.end('SIGKILL')
    await database?.remove()
    await rm(folder, { recursive: true, force: true })
  })

  /** The configuration, with the names and ports of this machine. */
  async function startProxy(plain: number): Promise<void> {
    const hosts = servers.map(({ url }) => new URL(url).host)
    const config = (await readFile(`${root}docker/nginx.conf`, 'utf8'))
      .replaceAll(' /tmp/', ` ${folder}/`)
      .replace('listen 80;', `listen 127.0.0.1:${plain};`)
      .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
      .replace('server-1:8080', hosts[0]!)
      .replace('server-2:8080', hosts[1]!)
      .replace('/run/secrets/tls-certificate', join(folder, 'fullchain.pem'))
      .replace('/run/secrets/tls-key', join(folder, 'privkey.pem'))
      .replace('/var/cache/nginx', join(folder, 'cache'))
    await mkdir(join(folder, 'cache'))
    if (process.getuid?.() === 0) execFileSync('chmod', ['755', folder])
    await writeFile(join(folder, 'nginx.conf'), config)
    proxy = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf'), '-g', 'daemon off;'])
    proxy.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    for (let tries = 0; (await get('/healthz').catch(() => undefined))?.status !== 200; tries++) {
      if (tries > 100 || proxy.exitCode !== null) throw new Error(`the proxy does not answer: ${said}`)
      await sleep(50)
    }
  }

  function send(method: string, path: string, body?: Uint8Array) {
    const options = { host: '127.0.0.1', port, path, method, agent, rejectUnauthorized: agent !== undefined }
    return answerTo(ask(options).end(body))
  }
  const get = (path: string) => send('GET', path)

  it('are verified through it, and what is not for the world is not shown', async () => {
    const url = `https://127.0.0.1:${port}/elections/${party.id}`
    const verified = await run('verify', [url, '--election', party.id], {
      NODE_EXTRA_CA_CERTS: join(folder, 'fullchain.pem'),
    })
    expect(verified).toMatchObject({ code: 3, out: expect.stringContaining('UNFINISHED') })
    expect((await get('/metrics')).status).toBe(404)
    expect((await get('/readyz')).status).toBe(404)
    expect((await send('POST', `/api/elections/${party.id}/entries`, new Uint8Array(7_000_000))).status).toBe(
      413,
    )
  })

  it('are watched through it, with pings that come before it has waited too long', async () => {
    const ca = await readFile(join(folder, 'fullchain.pem'))
    const watcher = await Watcher.open(`https://127.0.0.1:${port}`, party.id, { ca })
    const { size } = await party.status()
    expect(await watcher.until(() => true)).toMatchObject({ ballots: 0, size, stage: 'open' })
    await party.post('notice', { text: 'somebody watches' })
    await watcher.until((numbers) => numbers.size === size + 1)
    await expect(Watcher.open(`https://127.0.0.1:${port}`, '0'.repeat(64), { ca })).rejects.toThrow('404')
    expect((await get(`/api/elections/${party.id}/live`)).status).toBe(426)
    // proxy_read_timeout is longer than the time between two pings, whatever else is said.
    const [, seconds] = /proxy_read_timeout (\d+)s/.exec(await readFile(`${root}docker/nginx.conf`, 'utf8'))!
    expect(1_000 * Number(seconds)).toBeGreaterThan(2 * liveLimits.ping)
    watcher.leave()
  })

  it('lose no ballot when one of them is killed, since the same bytes may be sent to the other', async () => {
    const ballots = Array.from({ length: voters }, (_, i) => party.ballot(i, yes))
    const answers: { ballot: Submission; status: number; json: { entry: string; receipt: string } }[] = []
    const waiting = [...ballots]
    const voter = async () => {
      for (let ballot = waiting.shift(); ballot !== undefined; ballot = waiting.shift()) {
        const body = encodeSubmission(ballot)
        const { status, text } = await send('POST', `/api/elections/${party.id}/entries`, body)
        answers.push({ ballot, status, json: JSON.parse(text) })
        if (answers.length === 8) await servers[0]!.end('SIGKILL')
      }
    }
    await Promise.all(Array.from({ length: 6 }, voter))
    expect(servers[0]!.running).toBe(false)
    expect(answers.filter(({ status }) => status !== 201 && status !== 200)).toEqual([])
    for (const { json } of answers)
      verifyReceipt(utf8(json.entry), json.receipt, policyOf(party.course.definition))
    party.url = servers[1]!.url
    expect((await party.follow()).course.phase.ballots).toBe(voters)
    // Some were on their way to it, and were sent again.
    expect(said).toMatch(/refused|prematurely closed|reset by peer/)
  })

  it('keep the files that never change in the proxy, and never the checkpoint', async () => {
    const { size } = await party.status()
    const before = await get(`/elections/${party.id}/checkpoint`)
    expect(before.text.split('\n')[1]).toBe(`${size}`)
    const path = `/elections/${party.id}/tile/0/000.p/${size}`
    expect((await get(path)).headers['cache-control']).toContain('immutable')
    await party.post('notice', { text: 'the board grows' })
    expect((await get(`/elections/${party.id}/checkpoint`)).text.split('\n')[1]).toBe(`${size + 1}`)
    await servers[1]!.end()
    expect((await get(path)).status).toBe(200)
    expect((await get(`/api/elections/${party.id}`)).status).toBe(502)
  })
})

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGQUIT')
  await closed
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}
