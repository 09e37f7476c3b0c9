import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  decodeEntryBundle,
  equalBytes,
  leafHash,
  parseCheckpoint,
  parseNote,
  rootOf,
  toBase64,
} from '@cista/board'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../src/database.js'
import { headToExport, recordFiles } from '../src/export.js'
import { writeExport } from '../src/exportTo.js'
import { sqlStore } from '../src/sqlStore.js'
import { buildCommands, run } from './command.js'
import { databases } from './databases.js'
import { fillDatabase, longElection } from './filled.js'

const ended = await longElection()
const { id } = ended.definition

const python = spawnSync('python3', ['--version']).status === 0

describe.runIf(python)('the exported folder', () => {
  let folder: string
  let server: ChildProcess
  beforeAll(async () => {
    await buildCommands()
    folder = await mkdtemp(join(tmpdir(), 'cista-static-test-'))
    const database = await databases[0]!.create()
    const { db, close } = await openDatabase(database)
    await fillDatabase(db, ended)
    const store = sqlStore(db)
    const head = await headToExport(store, id)
    await writeExport(join(folder, 'record'), head.size, recordFiles(store, id, head))
    await close()
    await database.remove()
  })
  afterAll(async () => {
    server?.kill()
    await rm(folder, { recursive: true, force: true })
  })

  it('is a C2SP tlog-tiles log on any server of static files', async () => {
    server = spawn('python3', [
      '-u',
      '-m',
      'http.server',
      '0',
      '--bind',
      '127.0.0.1',
      '--directory',
      join(folder, 'record'),
    ])
    const [said] = (await once(server.stdout!, 'data')) as [Buffer]
    const url = `http://127.0.0.1:${/port (\d+)/.exec(said.toString())![1]}`
    expect(await run('verify', [url, '--election', id])).toMatchObject({ code: 0 })

    const get = async (path: string) => {
      const response = await fetch(`${url}/${path}`)
      expect([path, response.status]).toEqual([path, 200])
      return new Uint8Array(await response.arrayBuffer())
    }
    // As the specification of tiles has it, without our own names and widths: two full tiles and a partial one.
    const { size, root } = parseCheckpoint(parseNote(new TextDecoder().decode(await get('checkpoint'))).body)
    expect(size).toBe(ended.size)
    const rest = size - 512
    const tiles = await Promise.all([`000`, `001`, `002.p/${rest}`].map((n) => get(`tile/0/${n}`)))
    expect(tiles.map((tile) => tile.length)).toEqual([8192, 8192, 32 * rest])
    expect((await get('tile/1/000.p/2')).length).toBe(64)
    for (const [i, n] of ['000', '001', `002.p/${rest}`].entries()) {
      const width = tiles[i]!.length / 32
      const entries = decodeEntryBundle(await get(`tile/entries/${n}`), width, n)
      expect(equalBytes(Buffer.concat(entries.map(leafHash)), tiles[i]!)).toBe(true)
    }
    expect((await fetch(`${url}/tile/0/002`)).status).toBe(404)
    expect(toBase64(rootOf(tiles.flatMap(hashesOf)))).toBe(toBase64(root))
  })
})

const hashesOf = (tile: Uint8Array): Buffer[] =>
  Array.from({ length: tile.length / 32 }, (_, i) => Buffer.from(tile.subarray(32 * i, 32 * i + 32)))
