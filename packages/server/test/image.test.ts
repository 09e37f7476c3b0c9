import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from './command.js'
import { type BuiltImage, type User, buildImage, ignoredBy } from './dockerfile.js'
import { request } from './party.js'

// There is no container engine where tests run: the steps of the Dockerfile are run in a folder, by a user who may do little.
const isRoot = process.getuid?.() === 0
const idOf = (what: '-u' | '-g') => Number(execFileSync('id', [what, 'nobody'], { encoding: 'utf8' }))
const user: User = isRoot ? { uid: idOf('-u'), gid: idOf('-g') } : {}
const path = process.env['PATH']!

describe('the image', () => {
  let folder: string
  let image: BuiltImage
  let env: Record<string, string>
  let server: ChildProcess
  let url: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'cista-image-'))
    const home = join(folder, 'home')
    mkdirSync(home)
    const npmEnv = { PATH: path, HOME: home, npm_config_prefer_offline: 'true', ...cacheFor(home) }
    if (isRoot) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, folder])
    image = buildImage(`${root}docker/Dockerfile`, root, join(folder, 'image'), user, npmEnv)
  }, 400_000)
  afterAll(() => {
    server?.kill('SIGKILL')
    execFileSync('chmod', ['-R', 'u+w', folder])
    rmSync(folder, { recursive: true, force: true })
  })

  /** What npm has fetched already; a copy for the other user. */
  function cacheFor(home: string): Record<string, string> {
    const cache = execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8', cwd: root }).trim()
    if (!isRoot || !existsSync(join(cache, '_cacache'))) return isRoot ? {} : { npm_config_cache: cache }
    mkdirSync(join(home, 'cache'))
    execFileSync('cp', ['-R', join(cache, '_cacache'), join(home, 'cache')])
    return { npm_config_cache: join(home, 'cache') }
  }

  const inImage = (...command: string[]) =>
    spawnSync(command[0]!, command.slice(1), { env, cwd: image.at('.'), ...user, encoding: 'utf8' })

  it('is not root, keeps its data in one place, and starts the server', async () => {
    expect(image).toMatchObject({ user: 'node', volumes: ['/data'], command: ['cista-server'] })
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    const secrets = join(folder, 'secrets')
    mkdirSync(secrets)
    writeFileSync(join(secrets, 'board-secret'), `${'5a'.repeat(32)}\n`, { mode: 0o400 })
    if (isRoot) execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, secrets])
    env = {
      ...image.environment(path),
      CISTA_DATA: image.at('/data'),
      CISTA_BOARD_SECRET_FILE: join(secrets, 'board-secret'),
      CISTA_HOST: '127.0.0.1',
      CISTA_PORT: `${port}`,
    }
    // Nothing but the data may be written to, as with a read-only root file system.
    for (const name of [image.at('/app'), secrets]) execFileSync('chmod', ['-R', 'a-w', name])
    server = spawn(image.command[0]!, image.command.slice(1), {
      env,
      cwd: image.at('.'),
      ...user,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    server.stderr!.on('data', (chunk: Buffer) => (said += chunk.toString()))
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: server.stdout! }).on('line', (line) => {
        if (line.includes('listening on')) resolve()
      })
      server.once('error', reject).once('close', () => reject(new Error(said)))
    })
    expect((await request(`${url}/healthz`)).status).toBe(200)
    expect((await request(`${url}/readyz`)).status).toBe(200)
    expect((await request(`${url}/api/board-key?origin=a.example`)).json.key).toMatch(/^a\.example\+/)
  })

  it('is found healthy, and ends by SIGTERM', async () => {
    expect(image.healthcheck.slice(0, 2)).toEqual(['node', '-e'])
    expect(inImage(...image.healthcheck).status).toBe(0)
    const closed = once(server, 'close')
    server.kill('SIGTERM')
    expect(await closed).toEqual([0, null])
    expect(inImage(...image.healthcheck).status).toBe(1)
    expect(readdirSync(image.at('/data')).sort()).toEqual(['checkpoints', 'database'])
  })

  it('has the commands of witnesses and observers too, and what they need, no more', () => {
    for (const command of ['cista-server', 'cista-verify', 'cista-witness'])
      expect(inImage(command, '--help')).toMatchObject({
        status: 0,
        stdout: expect.stringContaining(command),
      })
    const modules = readdirSync(image.at('node_modules'))
    expect(
      ['vitest', 'typescript', 'tsx', '@stryker-mutator'].filter((name) => modules.includes(name)),
    ).toEqual([])
    const files = readdirSync(image.at('packages'), { recursive: true }) as string[]
    expect(
      files.filter((name) => /\.age$|\.key$|board-secret$|\.env$|\.test\.ts$|\.git\//.test(name)),
    ).toEqual([])
  })

  it('is built of what is named, never of what an election keeps to itself', () => {
    const ignored = ignoredBy(
      '# a\n*\n!package.json\n!packages\n**/node_modules\npackages/*/test\n**/*.age\n',
    )
    const given = ['package.json', 'packages/board/src/index.ts', 'packages/board/package.json']
    const kept = ['README.md', '.git/config', 'trustee.age', 'packages/a.age', 'packages/board/test/a.ts']
    expect(given.filter(ignored)).toEqual([])
    expect([...kept, 'packages/a/node_modules/b/c.js', 'node_modules/a'].filter((p) => !ignored(p))).toEqual(
      [],
    )
  })
})

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}
