import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request as ask } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig } from '../src/config.js'
import { pageLimits, readPages } from '../src/pages.js'
import { buildCommands, run } from './command.js'
import { type TestDatabase, databases } from './databases.js'
import { Party, request } from './party.js'
import { type TestServer, startTestServer } from './running.js'

const script = `export const words = ${JSON.stringify(Array.from({ length: 400 }, (_, i) => `word ${i}`))}\n`
const files = {
  'index.html': `<!doctype html><title>Vote</title><p>${'a page '.repeat(100)}</p>\n`,
  'vote.html': '<!doctype html><title>Vote</title>\n',
  'assets/vote.js': script,
  'assets/vote.css': `${'p { margin: 0 }\n'.repeat(100)}`,
  'texts/vi.json': `{"open":"${'Bỏ phiếu '.repeat(100)}"}`,
  'assets/seal.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/dot.png': Buffer.from('89504e470d0a1a0a', 'hex'),
  'robots.txt': 'User-agent: *\n',
}
const paths = Object.keys(files) as (keyof typeof files)[]
const types = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  svg: 'image/svg+xml',
  png: 'image/png',
  txt: 'text/plain; charset=utf-8',
} as const

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cista-pages-test-'))
  await fill(join(folder, 'pages'), files)
})
afterAll(() => rm(folder, { recursive: true }))

async function fill(at: string, content: Readonly<Record<string, string | Buffer>>): Promise<string> {
  for (const [path, bytes] of Object.entries(content)) {
    await mkdir(join(at, path, '..'), { recursive: true })
    await writeFile(join(at, path), bytes)
  }
  return at
}

describe('the pages', () => {
  let database: TestDatabase
  let server: TestServer
  beforeAll(async () => {
    database = await databases[0]!.create()
    server = await startTestServer(database, { CISTA_PAGES: join(folder, 'pages'), CISTA_RATE_LIMIT: '3' })
  })
  afterAll(async () => {
    await server.close()
    await database.remove()
  })

  /** By Node's own client: the path goes out as it is written, and nothing is unpacked. */
  async function send(path: string, headers: Record<string, string> = {}, method = 'GET') {
    const { hostname, port } = new URL(server.url)
    return new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: Buffer }>(
      (resolve, reject) => {
        ask({ hostname, port, path, headers, method }, (response) => {
          buffer(response).then(
            (body) => resolve({ status: response.statusCode!, headers: response.headers, body }),
            reject,
          )
        })
          .once('error', reject)
          .end()
      },
    )
  }

  it.each(paths)('are sent as they are: %s', async (path) => {
    const { status, headers, body } = await send(`/${path}`)
    expect(status).toBe(200)
    expect(body.equals(Buffer.from(files[path]))).toBe(true)
    expect(headers).toMatchObject({
      'content-type': types[path.split('.')[1] as keyof typeof types],
      'content-length': `${body.length}`,
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; worker-src blob:; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types cista-worker",
      'permissions-policy': expect.stringMatching(/^camera=\(self\), .*geolocation=\(\).*microphone=\(\)/),
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'strict-transport-security': expect.stringContaining('max-age='),
    })
    for (const none of ['set-cookie', 'access-control-allow-origin', 'content-encoding', 'x-powered-by'])
      expect(headers[none]).toBeUndefined()
  })

  it('begin with index.html', async () => {
    const { status, headers, body } = await send('/?lang=vi')
    expect([status, body.toString()]).toEqual([200, files['index.html']])
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
  })

  it('come packed for whoever takes that, the same bytes in each', async () => {
    const get = (accepted: string) => send('/assets/vote.js', { 'Accept-Encoding': accepted })
    const [plain, gzip, br] = [await get('identity'), await get('gzip'), await get('gzip, deflate, br, zstd')]
    expect(plain.headers['content-encoding']).toBeUndefined()
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.body).toString()).toBe(script)
    expect(br.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(br.body).toString()).toBe(script)
    expect(br.body.length).toBeLessThan(gzip.body.length)
    expect(new Set([plain, gzip, br].map(({ headers }) => headers['etag'])).size).toBe(3)
    expect((await get('br;q=0, gzip;q=0.5')).headers['content-encoding']).toBe('gzip')
    expect((await get('br;q=0, gzip;q=0')).headers['content-encoding']).toBeUndefined()
    // What packing does not make smaller is sent as it is.
    const image = await send('/assets/dot.png', { 'Accept-Encoding': 'br, gzip' })
    expect(image.headers['content-encoding']).toBeUndefined()
    expect(image.headers['vary']).toBe('Accept-Encoding')
  })

  it('are not sent again to whoever has them, nor where only the head is asked for', async () => {
    const { headers, body } = await send('/vote.html')
    const etag = headers['etag'] as string
    expect(etag).toMatch(/^"[\w-]{43}"$/)
    const again = await send('/vote.html', { 'If-None-Match': `"other", W/${etag}` })
    expect([again.status, again.body.length]).toEqual([304, 0])
    expect(again.headers).toMatchObject({ etag, vary: 'Accept-Encoding', 'cache-control': 'no-cache' })
    expect((await send('/vote.html', { 'If-None-Match': '"other"' })).status).toBe(200)
    // Another coding is another representation.
    const packed = {
      'If-None-Match': (await send('/index.html')).headers['etag'] as string,
      'Accept-Encoding': 'br',
    }
    expect((await send('/index.html', packed)).status).toBe(200)
    const head = await send('/vote.html', {}, 'HEAD')
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([
      200,
      0,
      `${body.length}`,
    ])
    expect(head.headers['etag']).toBe(etag)
  })

  it('are nothing but these files', async () => {
    await writeFile(join(folder, 'secret.txt'), 'not a page')
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/assets/',
      '/assets',
      '/vote',
      '/Vote.html',
      '//vote.html',
      '/vote.html/',
      '/./vote.html',
      '/vote%2ehtml',
      '/__proto__',
      '/constructor',
    ]) {
      const { status, headers, body } = await send(path)
      expect([path, status, headers['content-type']]).toEqual([
        path,
        404,
        'application/problem+json; charset=utf-8',
      ])
      expect(JSON.parse(body.toString())).toMatchObject({ type: 'urn:cista:problem:not-found' })
      expect(headers['content-security-policy']).not.toContain('cista-worker')
    }
  })

  it('take no other method, and leave those of other addresses alone', async () => {
    const post = await send('/vote.html', {}, 'POST')
    expect([post.status, post.headers['allow']]).toEqual([405, 'GET, HEAD'])
    expect((await send('/nothing.html', {}, 'POST')).status).toBe(404)
    expect((await send('/elections/x', {}, 'POST')).status).toBe(404)
  })

  it('are shown to whoever has asked the API too often, which stays open to any origin', async () => {
    const api = () => send('/api/elections')
    let answer = await api()
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    })
    for (let i = 0; i < 4; i++) answer = await api()
    expect(answer.status).toBe(429)
    for (let i = 0; i < 10; i++) expect((await send('/vote.html')).status).toBe(200)
    expect((await request(`${server.url}/metrics`)).json).toMatch(
      /cista_request\w*_count\{[^}]*route="\/\{page\}"/,
    )
  })
})

it('pages are what the manifest says of them, as anybody can verify with another program', async () => {
  await buildCommands()
  const database = await databases[0]!.create()
  const env = { CISTA_PAGES: join(folder, 'pages') }
  let server = await startTestServer(database, env)
  const page = Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [path, createHash('sha256').update(bytes).digest('hex')]),
  )
  const { id } = await Party.create(server.url, { page })
  const same = await run('verify', ['page', server.url, '--election', id])
  expect(same).toMatchObject({ code: 0, out: expect.stringContaining('SAME. 8 listed files are') })
  await server.close()
  const changed = await fill(join(folder, 'changed'), { ...files, 'assets/vote.js': `${script}//` })
  server = await startTestServer(database, { CISTA_PAGES: changed }, server.clock)
  const differs = await run('verify', ['page', server.url, '--election', id])
  expect(differs).toMatchObject({ code: 1, out: expect.stringMatching(/ {2}DIFFERENT {2}assets\/vote\.js/) })
  await server.close()
  await database.remove()
})

it('a server without pages answers as before', async () => {
  const database = await databases[0]!.create()
  const server = await startTestServer(database, { CISTA_PAGES: 'none' })
  for (const path of ['/', '/index.html'])
    expect(await request(`${server.url}${path}`)).toMatchObject({
      status: 404,
      json: { type: 'urn:cista:problem:not-found' },
    })
  await server.close()
  await database.remove()
})

describe('a folder of pages', () => {
  it('is named by the command line, by a variable, or is that of the build if there is one', () => {
    expect(readConfig({ CISTA_PAGES: folder }).pages).toBe(folder)
    expect(readConfig({ CISTA_PAGES: folder }, { pages: 'none' }).pages).toBeUndefined()
    expect(readConfig({ CISTA_PAGES: 'none' }).pages).toBeUndefined()
    expect(readConfig({ CISTA_PAGES: 'none' }, { pages: folder }).pages).toBe(folder)
    expect(readConfig({}).pages ?? 'packages/web/dist/pages').toMatch(/packages\/web\/dist\/pages$/)
  })

  const index = { 'index.html': '' }
  it.each<[string, Record<string, string>, string]>([
    ['of an unknown kind', { ...index, 'assets/vote.exe': '' }, 'vote.exe cannot be a page'],
    ['without a kind', { ...index, LICENSE: '' }, 'LICENSE cannot be a page'],
    ['that is hidden', { ...index, '.htaccess.txt': '' }, '.htaccess.txt cannot be a page'],
    ['with a blank', { ...index, 'a b.html': '' }, 'a b.html cannot be a page'],
    ['in place of the API', { ...index, 'api/board-key.json': '' }, 'the server answers /api itself'],
    ['in place of records', { ...index, 'Elections/x.json': '' }, 'the server answers /Elections itself'],
    ['in place of the first', { 'vote.html': '' }, 'has no index.html'],
    [
      'beside too many others',
      Object.fromEntries(
        ['index', ...Array.from({ length: pageLimits.files }, (_, i) => i)].map((i) => [`${i}.html`, '']),
      ),
      `has ${pageLimits.files + 1} files`,
    ],
    [
      'that is too large',
      { 'index.html': 'x'.repeat(pageLimits.bytes + 1) },
      `have ${pageLimits.bytes + 1} bytes`,
    ],
  ])('is refused for a file %s', async (_, content, why) => {
    const at = await mkdtemp(join(folder, 'bad-'))
    await expect(readPages(await fill(at, content))).rejects.toThrow(why)
  })

  it('is refused for a link, and where it is not there', async () => {
    const at = await fill(await mkdtemp(join(folder, 'bad-')), index)
    await symlink(join(folder, 'pages', 'vote.html'), join(at, 'vote.html'))
    await expect(readPages(at)).rejects.toThrow('vote.html is neither a file nor a folder')
    await expect(readPages(join(folder, 'nowhere'))).rejects.toThrow('the folder of pages cannot be read')
  })

  it('keeps a server from starting, by name', async () => {
    const database = await databases[0]!.create()
    const at = await fill(await mkdtemp(join(folder, 'bad-')), { ...index, 'vote.php': '' })
    await expect(startTestServer(database, { CISTA_PAGES: at })).rejects.toThrow('vote.php cannot be a page')
    await database.remove()
  })
})
