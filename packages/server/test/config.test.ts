import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openCheckpoint } from '@cista/board'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { boardSigner, loadBoardSecret } from '../src/boardSecret.js'
import { ConfigError, readConfig } from '../src/config.js'
import { lockFolder } from '../src/files.js'
import { withoutKeys } from '../src/http/app.js'

let folder: string
const file = (name: string) => join(folder, name)
const key = 'ab'.repeat(32)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cista-config-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

describe('readConfig', () => {
  it('needs nothing', () => {
    const config = readConfig({})
    expect(config).toMatchObject({ host: '127.0.0.1', port: 8080, databaseUrl: undefined, rateLimit: 6000 })
    expect(config.data.endsWith('.cista')).toBe(true)
    expect(config.boardSecretFile).toBe(join(config.data, 'board-secret'))
    expect(config.organisers.size).toBe(0)
    expect(config.workers).toBeGreaterThanOrEqual(1)
  })

  it('prefers the command line, and takes empty variables for none', () => {
    const env = { CISTA_PORT: '1', CISTA_HOST: '::1', CISTA_DATA: '/var/a', DATABASE_URL: '' }
    const config = readConfig(env, { port: '0', data: file('b') })
    expect(config).toMatchObject({ port: 0, host: '::1', data: file('b'), databaseUrl: undefined })
  })

  it('reads organisers from a list or a file', () => {
    expect(
      [...readConfig({ CISTA_ORGANISERS: `${key}, ${key.replace(/^ab/, 'cd')}` }).organisers].length,
    ).toBe(2)
    writeFileSync(file('organisers'), `# the city\n${key} # clerk\n\n`)
    expect([...readConfig({ CISTA_ORGANISERS: file('organisers') }).organisers]).toEqual([key])
  })

  it('reads the database’s address from a file, which secrets are given as', () => {
    writeFileSync(file('url'), 'postgresql://a:b@c/d\n')
    expect(readConfig({ DATABASE_URL_FILE: file('url') }).databaseUrl).toBe('postgresql://a:b@c/d')
    const both = { DATABASE_URL_FILE: file('url'), DATABASE_URL: 'postgresql://x' }
    expect(() => readConfig(both)).toThrow('leave one of them out')
    expect(() => readConfig({ DATABASE_URL_FILE: file('nowhere') })).toThrow('no file that can be read')
    writeFileSync(file('url'), 'secret')
    expect(() => readConfig({ DATABASE_URL_FILE: file('url') })).toThrow('holds no address of PostgreSQL')
  })

  it('names every fault, with what to set', () => {
    writeFileSync(file('bad'), `${key}\nABCD\n`)
    const env = {
      CISTA_PORT: '80a',
      CISTA_WORKERS: '0',
      DATABASE_URL: 'mysql://x',
      CISTA_LOG_LEVEL: 'loud',
      CISTA_ORGANISERS: file('bad'),
    }
    const faults = () => readConfig(env)
    expect(faults).toThrow(ConfigError)
    for (const name of ['CISTA_PORT', 'CISTA_WORKERS', 'DATABASE_URL', 'CISTA_LOG_LEVEL', '“ABCD”'])
      expect(faults).toThrow(name)
    expect(() => readConfig({ CISTA_ORGANISERS: file('missing') })).toThrow('nor a file')
  })
})

describe('the board secret', () => {
  it('is made once, for its owner only, and is one key per origin', () => {
    const path = join(folder, 'deep', 'board-secret')
    const made: string[] = []
    const load = (name: string) => loadBoardSecret(path, () => made.push(name))
    const secret = load('first')
    expect(load('again')).toEqual(secret)
    expect(made).toEqual(['first'])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const signer = boardSigner(secret)
    const board = signer.keyFor('a.example/1')
    expect(board).toMatch(/^a\.example\/1\+[0-9a-f]{8}\+/)
    expect(signer.keyFor('a.example/2').split('+')[2]).not.toBe(board.split('+')[2])
    const note = signer.sign({ origin: 'a.example/1', size: 1, root: new Uint8Array(32) })
    expect(openCheckpoint(note, { board, witnesses: [], quorum: 0 }).checkpoint.size).toBe(1)
    expect(() => signer.keyFor('a b')).toThrow(RangeError)
  })

  it('is not replaced when it is damaged', () => {
    writeFileSync(file('damaged'), 'secret')
    expect(() => loadBoardSecret(file('damaged'))).toThrow(ConfigError)
    expect(readFileSync(file('damaged'), 'utf8')).toBe('secret')
  })
})

describe('the lock of the data folder', () => {
  it('is taken, released, and taken over from a process that is gone', () => {
    const release = lockFolder(file('lock'))
    const own = readFileSync(file('lock'), 'utf8')
    expect(own).toMatch(new RegExp(`^${process.pid} `))
    release()
    expect(existsSync(file('lock'))).toBe(false)
    for (const gone of ['999999999 - - -\n', own.replace(/^\d+/, '999999999'), 'rubbish', '']) {
      writeFileSync(file('lock'), gone)
      lockFolder(file('lock'))()
    }
  })

  it('is respected while its process runs, also by that process itself', () => {
    const release = lockFolder(file('lock'))
    expect(() => lockFolder(file('lock'))).toThrow(`process ${process.pid} has the data folder open`)
    expect(() => lockFolder(file('lock'))).toThrow('choose another folder with --data')
    release()
  })

  // Only Linux tells more of a process than its number.
  it.runIf(process.platform === 'linux')('is not that of another process with the same number', () => {
    const release = lockFolder(file('lock'))
    const [pid, start, boot, numbers] = readFileSync(file('lock'), 'utf8').trim().split(' ')
    release()
    for (const other of [
      [pid, Number(start) - 1, boot, numbers],
      [pid, start, crypto.randomUUID(), numbers],
      // As in the container before this one, where it was process 1 as well.
      [pid, start, boot, 'pid:[1]'],
    ]) {
      writeFileSync(file('lock'), `${other.join(' ')}\n`)
      lockFolder(file('lock'))()
    }
  })

  it.runIf(process.platform === 'linux')(
    'is not that of a process that only its parent still knows',
    async () => {
      // The shell has started it, and never asks what became of it.
      const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [line] = (await once(parent.stdout, 'data')) as [Buffer]
      const pid = Number(line.toString())
      const stat = () => readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/s, '').split(' ')
      while (stat()[1] !== 'Z') await new Promise((soon) => setTimeout(soon, 10))
      const release = lockFolder(file('lock'))
      const [, , boot, numbers] = readFileSync(file('lock'), 'utf8').split(' ')
      release()
      writeFileSync(file('lock'), `${pid} ${stat()[20]} ${boot} ${numbers}`)
      lockFolder(file('lock'))()
      parent.kill()
    },
  )
})

it('the log shows neither credentials nor trackers', () => {
  expect(withoutKeys(`/api/elections/1/credentials/${key}`)).toBe('/api/elections/1/credentials/…')
  expect(withoutKeys(`/api/elections/1/ballots/${key}?x=${key}`)).toBe('/api/elections/1/ballots/…')
  // Express takes addresses in any case.
  expect(withoutKeys(`/API/elections/1/Credentials/${key}`)).toBe('/API/elections/1/Credentials/…')
  expect(withoutKeys(`/elections/1/payload/${key}`)).toBe('/elections/1/payload/…')
  expect(withoutKeys('/elections/1/tile/0/000')).toBe('/elections/1/tile/0/000')
  expect(withoutKeys(`/elections/${key}/tile/entries/x001/234.p/5`)).toBe(
    `/elections/${key}/tile/entries/x001/234.p/5`,
  )
  // Wherever somebody writes one.
  expect(withoutKeys(`/${key}/API`)).toBe('/…/API')
  expect(withoutKeys('/api/elections/7K2M9-XW4QT-0')).toBe('/api/elections/…')
  expect(withoutKeys('/a%20b\n')).toBe('/…')
})
