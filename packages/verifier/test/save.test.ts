import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RecordSource, MemoryRecord, checkpointPath, utf8 } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { folderRecord } from '../cli/folder.js'
import { saveRecord } from '../cli/save.js'
import { verifyRecord } from '../src/index.js'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cista-save-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const record = () => new Simulation().setUp().record()

describe('a saved record', () => {
  it('is the record, file by file, and verifies as it does', async () => {
    const source = await record()
    const copy = join(folder, 'new', 'copy')
    await saveRecord(source, copy)
    const saved = folderRecord(copy)
    const paths = (await source.list!()).sort()
    expect(await saved.list!()).toEqual(paths)
    for (const path of paths) expect(await saved.read(path)).toEqual(await source.read(path))
    expect((await verifyRecord(saved)).checks).toEqual((await verifyRecord(source)).checks)
  })

  it('never overwrites anything', async () => {
    await saveRecord(await record(), folder)
    const before = await readFile(join(folder, checkpointPath))
    await expect(saveRecord(await record(), folder)).rejects.toThrow('is not empty')
    expect(await readFile(join(folder, checkpointPath))).toEqual(before)
  })

  it('lacks what the source lacks, and is asked for few files by a board that claims many', async () => {
    const source = await record()
    const note = new TextDecoder().decode(await source.read(checkpointPath))
    let asked = 0
    const boasting: RecordSource = {
      async read(path) {
        asked += 1
        return path === checkpointPath ? utf8(note.replace(/\n\d+\n/, '\n1000000\n')) : undefined
      },
    }
    await saveRecord(boasting, folder)
    expect(asked).toBeLessThan(20)
    expect(await folderRecord(folder).list!()).toEqual([checkpointPath])
    expect((await verifyRecord(folderRecord(folder))).verdict).toBe('refuted')
  })

  it('is refused where there is no checkpoint', async () => {
    await expect(saveRecord(new MemoryRecord(), folder)).rejects.toThrow('no file “checkpoint”')
  })
})
