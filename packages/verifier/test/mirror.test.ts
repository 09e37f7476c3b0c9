import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  MemoryRecord,
  type RecordSource,
  checkpointPath,
  equalBytes,
  parseRecordPath,
  utf8,
} from '@cista/board'
import { Simulation } from '@cista/testkit'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { folderRecord } from '../cli/folder.js'
import { mirrorRecord } from '../cli/mirror.js'
import { Unreachable, verifyRecord } from '../src/index.js'
import { forkOf, no, noteOf, yes } from './support.js'

let folder: string
let copy: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cista-mirror-'))
  copy = join(folder, 'copy')
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const s = new Simulation().setUp()
const { id } = s.definition
let small: MemoryRecord
let large: MemoryRecord
beforeAll(async () => {
  small = await s.record()
  for (let i = 0; i < 500; i++) s.post('notice', { text: `${i}` })
  large = await s.cast(0, yes).record()
})

/** The record, with what was asked of it; `fail` stands in for the answer. */
function counting(record: RecordSource, fail?: (path: string, n: number) => void) {
  const asked: string[] = []
  const source: RecordSource = {
    async read(path) {
      asked.push(path)
      fail?.(path, asked.length)
      return record.read(path)
    },
  }
  return { source, asked }
}
async function sameAs(record: MemoryRecord): Promise<void> {
  const local = folderRecord(copy)
  expect(await local.list!()).toEqual(record.paths().sort())
  const differs = async (path: string) => {
    const [copied, own] = [await local.read(path), await record.read(path)]
    return copied === undefined || own === undefined || !equalBytes(copied, own)
  }
  for (const path of record.paths())
    expect({ path, differs: await differs(path) }).toEqual({ path, differs: false })
}
const isFull = (path: string) => {
  const parsed = parseRecordPath(path)
  return parsed !== undefined && parsed.kind !== 'checkpoint' && parsed.width === 256
}

describe('a mirror', () => {
  it('is the record, file by file, and grows with it', async () => {
    expect(await mirrorRecord(small, copy, id)).toMatchObject({ kind: 'complete', size: 14, kept: 0 })
    await sameAs(small)
    const steps: string[] = []
    const outcome = await mirrorRecord(large, copy, undefined, (done, total) =>
      steps.push(`${done}/${total}`),
    )
    expect(outcome).toMatchObject({ kind: 'complete', size: 515, definition: { id } })
    await sameAs(large)
    expect(steps.at(-1)).toBe('8/9')
    expect((await verifyRecord(folderRecord(copy), { election: id })).verdict).toBe('unfinished')
    expect(await readdir(copy)).toEqual([checkpointPath, 'payloads', 'tile'])
  })

  it('keeps what is there, and asks for no full file twice', async () => {
    const first = counting(large)
    await mirrorRecord(first.source, copy)
    const full = first.asked.filter(isFull)
    expect(new Set(full).size).toBe(full.length)
    const again = counting(large)
    expect(await mirrorRecord(again.source, copy)).toMatchObject({ kind: 'complete', fetched: 0, kept: 8 })
    expect(again.asked.filter(isFull)).toEqual([])
    await sameAs(large)
  })

  it('goes on from wherever it was interrupted, and is a whole record meanwhile', async () => {
    await mirrorRecord(small, copy)
    for (let after = 6; ; after += 3) {
      const { source, asked } = counting(large, (_, n) => {
        if (n > after) throw new Unreachable('cut off')
      })
      const outcome = await mirrorRecord(source, copy).catch((error: unknown) => error)
      if (!(outcome instanceof Unreachable)) break
      expect(asked.length).toBeLessThanOrEqual(after + 6)
      expect(await noteOf(folderRecord(copy))).toBe(await noteOf(small))
      const local = folderRecord(copy)
      expect((await verifyRecord({ read: (path) => local.read(path) })).verdict).toBe('unfinished')
    }
    await sameAs(large)
  })

  it('replaces files that were damaged on its own disk', async () => {
    await mirrorRecord(large, copy)
    for (const path of ['tile/0/000', 'tile/entries/001', 'payloads/000', 'payloads/002.p/3']) {
      for (const damaged of [
        new Uint8Array(),
        (await large.read(path))!.map((b, i) => (i === 40 ? b ^ 1 : b)),
      ]) {
        await writeFile(join(copy, path), damaged)
        expect(await mirrorRecord(large, copy)).toMatchObject({ kind: 'complete', fetched: 1, kept: 7 })
        await sameAs(large)
      }
    }
  })

  it('takes no file that the checkpoint does not lead to', async () => {
    for (const path of large.paths().filter((p) => p !== checkpointPath)) {
      const bytes = (await large.read(path))!
      for (const wrong of [undefined, bytes.map((b, i) => (i === bytes.length - 9 ? b ^ 1 : b))]) {
        const record = large.copy()
        if (wrong === undefined) record.delete(path)
        else await record.write(path, wrong)
        const outcome = await mirrorRecord(record, copy)
        expect({ path, kind: outcome.kind }).toEqual({ path, kind: 'bad' })
        const written = (await folderRecord(copy).list!()).filter((p) => parseRecordPath(p) !== undefined)
        for (const kept of written)
          expect(equalBytes((await folderRecord(copy).read(kept))!, (await large.read(kept))!)).toBe(true)
        expect(written).not.toContain(checkpointPath)
        expect(written).not.toContain(path)
        await rm(copy, { recursive: true, force: true })
      }
    }
  })

  it('copies what is signed and wrong, as evidence', async () => {
    const bad = new Simulation()
    bad.append('nonsense', utf8('{}'), [])
    expect(await mirrorRecord(await bad.record(), copy)).toMatchObject({ kind: 'complete' })
    expect((await verifyRecord(folderRecord(copy))).verdict).toBe('refuted')
  })

  it('refuses another election, another key, and a folder of other things', async () => {
    expect(await mirrorRecord(small, copy, 'ab'.repeat(32))).toMatchObject({
      kind: 'bad',
      findings: [{ code: 'MANIFEST_ID' }],
    })
    const foreign = large.copy()
    await foreign.write(checkpointPath, utf8((await noteOf(large)).replace(/— .*/, '— a.example AAAAAAAA')))
    expect(await mirrorRecord(foreign, copy)).toMatchObject({
      kind: 'bad',
      findings: [{ code: 'BOARD_CHECKPOINT' }],
    })
    await expect(mirrorRecord(new MemoryRecord(), copy)).rejects.toThrow('no file “checkpoint”')

    await mirrorRecord(small, copy)
    const other = await new Simulation({ seed: 'other' }).record()
    await expect(mirrorRecord(other, copy)).rejects.toThrow('a copy of another election')
    await writeFile(join(copy, 'letter.txt'), 'dear diary')
    await expect(mirrorRecord(small, copy)).rejects.toThrow('holds more than a record: letter.txt')
    expect(await readFile(join(copy, 'letter.txt'), 'utf8')).toBe('dear diary')
  })

  it('is left alone where the board shows less, or has forked', async () => {
    await mirrorRecord(large, copy)
    expect(await mirrorRecord(small, copy)).toMatchObject({ kind: 'behind', ours: 515, theirs: 14 })
    const ours = await noteOf(large)
    const at = (size: number) => s.size - size
    const forks = [
      await forkOf(s, at(2)),
      await forkOf(s.cast(1, no), at(3)),
      await forkOf(s.cast(2, no), at(4)),
    ]
    for (const fork of forks)
      expect(await mirrorRecord(fork, copy)).toMatchObject({
        kind: 'forked',
        ours,
        theirs: await noteOf(fork),
      })
    await sameAs(large)
    const sizes = await Promise.all(forks.map(async (f) => Number((await noteOf(f)).split('\n')[1])))
    expect(sizes).toEqual([514, 515, 516])
  })

  it('follows a host that replaces its files meanwhile, but not for ever', async () => {
    let shown = small
    const moving: RecordSource = {
      async read(path) {
        if (path.startsWith('payloads') && shown === small) {
          shown = large
          return undefined
        }
        return shown.read(path)
      },
    }
    expect(await mirrorRecord(moving, copy)).toMatchObject({ kind: 'complete', size: 515 })
    await sameAs(large)
    let n = 0
    const restless: RecordSource = {
      async read(path) {
        if (path === checkpointPath) return (n++ % 2 === 0 ? small : large).read(path)
        return undefined
      },
    }
    await expect(mirrorRecord(restless, join(folder, 'other'))).rejects.toThrow('changes while it is read')
  })
})
