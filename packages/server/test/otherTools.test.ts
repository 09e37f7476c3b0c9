import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeRecord } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { receiptFileOf } from '../../verifier/test/support.js'
import { buildCommands, run } from './command.js'
import { RecordFolder } from './recordFolder.js'

// Programs of other people that read what we make, as docs/guides/tiles.md tells. Where one is missing, scripts/test.sh says so.
const spicy = ['spicy-litetlog', 'spicy'].find(
  (name) => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0,
)
/** Tessera's; every system has another program of that name. */
const fsck = process.env['CISTA_TEST_FSCK']

const s = new Simulation({ witnesses: 3 })
  .setUp()
  .cast(0, { question: { kind: 'selection', selected: ['yes'] } })
const { board } = s.definition.manifest
let folder: string
beforeAll(async () => {
  await buildCommands()
  folder = await mkdtemp(join(tmpdir(), 'cista-other-tools-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('a receipt, parted', () => {
  /** As the guide says. */
  const cut = 'tail -n +2 parts/receipt.tlog-proof > parts/entry.spicy'
  beforeAll(async () => {
    await writeFile(join(folder, 'receipt.json'), await receiptFileOf(s))
    const parted = await run('verify', [
      'receipt',
      join(folder, 'receipt.json'),
      '--split',
      join(folder, 'parts'),
    ])
    if (parted.code !== 0) throw new Error(parted.err)
    execFileSync('sh', ['-c', cut], { cwd: folder })
  })

  it('has the form that spicy reads, once its first line is off', async () => {
    const text = await readFile(join(folder, 'parts/entry.spicy'), 'utf8')
    expect(text).toMatch(/^index \d+\n(?:[A-Za-z0-9+/]{43}=\n)+\n[^\n]+\n\d+\n[A-Za-z0-9+/]{43}=\n\n— /)
  })

  it.runIf(spicy !== undefined)('is verified by spicy, and another entry is not', async () => {
    const verify = () =>
      spawnSync(spicy!, ['-verify', board, join(folder, 'parts/entry')], { encoding: 'utf8' })
    expect(verify()).toMatchObject({ status: 0, stderr: expect.stringContaining('verified') })
    await writeFile(join(folder, 'parts/entry'), 'another')
    expect(verify().status).not.toBe(0)
  })
})

describe.runIf(fsck !== undefined)('a record in a folder', () => {
  it('is checked by Tessera’s fsck, and a damaged one is refused', async () => {
    for (let i = 0; i < 600; i++) s.post('notice', { text: `${i}` })
    const record = new RecordFolder(join(folder, 'record'))
    await writeRecord(record, {
      entries: s.log.map((l) => l.entryBytes),
      payloads: s.log.map((l) => l.bytes),
      checkpoint: s.checkpoint(),
    })
    await writeFile(join(folder, 'board.vkey'), board)
    const check = () =>
      spawnSync(fsck!, [
        `--storage_url=file://${folder}/record/`,
        `--public_key=${folder}/board.vkey`,
        '--ui=false',
      ])
    expect(check().status).toBe(0)
    await record.write('tile/1/000.p/2', new Uint8Array(64))
    expect(check().status).not.toBe(0)
  })
})
