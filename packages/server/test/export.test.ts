import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { MemoryRecord, boardKey, equalBytes, recordPaths } from '@cista/board'
import { Simulation, testKeys } from '@cista/testkit'
import { verifyRecord } from '@cista/verifier'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Database, openDatabase } from '../src/database.js'
import { headToExport, recordFiles } from '../src/export.js'
import { writeExport } from '../src/exportTo.js'
import { sqlStore } from '../src/sqlStore.js'
import { readArchive } from './archive.js'
import { ServerProcess, buildCommands, run } from './command.js'
import { type TestDatabase, databases, withoutWall } from './databases.js'
import { fillDatabase, longElection } from './filled.js'

const ended = await longElection()
const { id } = ended.definition

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found
    .filter((item) => item.isFile())
    .map((item) => join(item.parentPath, item.name).slice(folder.length + 1))
    .sort()
}

let folder: string
const inFolder = (name: string) => join(folder, name)
beforeAll(async () => {
  await buildCommands()
  folder = await mkdtemp(join(tmpdir(), 'cista-export-test-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe.each(databases)('cista-server export, on $name', ({ create }) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await create()
    await inDatabase((db) => fillDatabase(db, ended))
  })
  afterAll(() => database.remove())

  async function inDatabase<T>(work: (db: Database) => Promise<T>): Promise<T> {
    const { db, close } = await openDatabase(database)
    try {
      return await work(db)
    } finally {
      await close()
    }
  }
  const exported = (out: string, env = {}, election = id) =>
    run('server', ['export', '--election', election, '--out', out, '--data', database.data], {
      DATABASE_URL: database.databaseUrl,
      ...env,
    })
  const out = (name: string) => inFolder(`${name}-${database.databaseUrl === undefined ? 'own' : 'pg'}`)

  it('writes the record as it is specified, and it verifies', async () => {
    const said = await exported(out('record'))
    expect(said).toMatchObject({ code: 0, out: expect.stringContaining(`${ended.size} entries`) })
    const expected = await ended.record()
    expect(await filesIn(out('record'))).toEqual(expected.paths().sort())
    const differing = []
    for (const path of expected.paths())
      if (!equalBytes(await readFile(join(out('record'), path)), (await expected.read(path))!))
        differing.push(path)
    expect(differing).toEqual([])
    const verified = await run('verify', [out('record'), '--election', id])
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('VERIFIED') })
  })

  it('makes the same archive anywhere, and what is unpacked verifies', async () => {
    const names = [out('a.zip'), out('b.zip')].map((name) => `${name}.zip`)
    expect(await exported(names[0]!, { TZ: 'Pacific/Auckland' })).toMatchObject({ code: 0 })
    expect(await exported(names[1]!, { TZ: 'America/Lima', LANG: 'C' })).toMatchObject({ code: 0 })
    const [a, b] = await Promise.all(names.map((name) => readFile(name)))
    expect(equalBytes(a!, b!)).toBe(true)
    const files = readArchive(a!)
    expect([...files.keys()]).toEqual(recordPaths(ended.size))
    const about = new Set(
      [...files.values()].map(({ method, time, attributes }) => [method, time, attributes].join()),
    )
    expect([...about]).toEqual([[0, (33 << 16) | (12 << 11), 0o100644 * 2 ** 16].join()])

    const unpacked = out('unpacked')
    if (spawnSync('unzip', ['-v']).status === 0)
      expect(spawnSync('unzip', ['-q', names[0]!, '-d', unpacked]).status).toBe(0)
    else
      for (const [path, { bytes }] of files) {
        await mkdir(dirname(join(unpacked, path)), { recursive: true })
        await writeFile(join(unpacked, path), bytes)
      }
    expect(await run('verify', [unpacked, '--election', id])).toMatchObject({ code: 0 })
  })

  it('never writes over anything, and leaves nothing of what failed', async () => {
    await mkdir(out('taken'))
    await writeFile(`${out('taken')}.zip`, 'precious')
    expect(await exported(out('taken'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('is there already'),
    })
    const other = await exported(out('other'), {}, 'ab'.repeat(32))
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining(`there are:\n  ${id}`) })
    await inDatabase(async (db) => {
      const store = sqlStore(db)
      const head = await headToExport(store, id)
      const write = (name: string) => writeExport(name, head.size, recordFiles(store, id, head))
      await expect(write(`${out('taken')}.zip`)).rejects.toThrow('is there already')
      // What comes there while it is being written is not replaced either.
      const late = write(`${out('late')}.zip`)
      await writeFile(`${out('late')}.zip`, 'precious')
      await expect(late).rejects.toThrow('is there already')
      await expect(write(inFolder('no/such/folder'))).rejects.toThrow('ENOENT')
    })
    for (const name of ['taken', 'late']) expect(await readFile(`${out(name)}.zip`, 'utf8')).toBe('precious')
    expect((await readdir(folder)).filter((name) => name.includes('partial'))).toEqual([])
  })

  it('says how it is called', async () => {
    expect(await run('server', ['export'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('--election'),
    })
    expect(await exported(out('wrong'), {}, 'abc')).toMatchObject({ code: 2 })
    const args = ['export', '--election', id, '--out', out('wrong'), '--data', out('nothing')]
    expect(await run('server', args)).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no database in'),
    })
  })

  it('reads beside a running server, but the embedded database only alone', async () => {
    const server = await ServerProcess.start(database)
    const said = await exported(out('beside'))
    if (database.databaseUrl === undefined)
      expect(said).toMatchObject({ code: 2, err: expect.stringContaining('cista-verify mirror') })
    else expect(said).toMatchObject({ code: 0 })
    expect(await server.end()).toBe(0)
  })

  it('is of one moment, though the board grows, and holds one bundle at a time', async () => {
    const board = boardKey(testKeys('growing').board, 'elections.example/growing')
    const growing = new Simulation({ seed: 'growing', manifest: { board } }).setUp()
    for (let i = 0; i < 300; i++) growing.post('notice', { text: `notice ${i}` })
    await inDatabase(async (db) => {
      await fillDatabase(db, growing)
      const then = growing.checkpoint()
      const stored = sqlStore(db)
      const asked: [number, number][] = []
      const watched = {
        ...stored,
        entries: (election: string, from: number, to: number) => {
          asked.push([from, to])
          return stored.entries(election, from, to)
        },
      }
      const record = new MemoryRecord()
      const head = await headToExport(watched, growing.definition.id)
      for await (const { path, bytes } of recordFiles(watched, growing.definition.id, head)) {
        await record.write(path, bytes)
        if (record.paths().length !== 3) continue
        expect(asked).toEqual([[0, 256]])
        const before = growing.size
        for (let i = 0; i < 400; i++) growing.post('notice', { text: `later ${i}` })
        await fillDatabase(db, growing, before)
      }
      expect(asked.length).toBe(2)
      expect(new TextDecoder().decode((await record.read('checkpoint'))!)).toBe(then)
      const report = await verifyRecord(record)
      expect(report.checks.flatMap((check) => check.findings)).toEqual([])
      expect(report.verdict).toBe('unfinished')
    })
  })

  it('refuses a database that lacks what was published, or holds something else', async () => {
    const damages = [
      [sql`update submissions set entry = payload where "index" = 300`, /entry 300 in the database is not/],
      [sql`delete from submissions where "index" = 5 and election = ${id}`, /lacks an entry from 0 to 255/],
      [sql`update tiles set hashes = ${new Uint8Array(32)} where "index" = 2`, /lacks tile\/0\/002/],
    ] as const
    await inDatabase(async (db) => {
      const store = sqlStore(db)
      const head = await headToExport(store, id)
      for (const [statement, why] of damages) {
        await withoutWall(db, () => statement.execute(db))
        for (const name of [out('damaged'), `${out('damaged')}.zip`])
          await expect(writeExport(name, head.size, recordFiles(store, id, head))).rejects.toThrow(why)
        await withoutWall(db, async () => {
          for (const table of ['heads', 'tiles', 'submissions', 'elections'] as const)
            await db.deleteFrom(table).execute()
        })
        await fillDatabase(db, ended)
      }
    })
    expect((await readdir(folder)).filter((name) => /damaged|partial/.test(name))).toEqual([])
  })
})
