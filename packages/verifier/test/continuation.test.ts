import { type RecordSource, rootOf } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { expect, it } from 'vitest'
import { Unreachable, judgeContinuation } from '../src/index.js'
import { forkOf, no, noteOf, openedOf, yes } from './support.js'

const s = new Simulation().setUp().cast(0, yes)
const before = openedOf(s.definition, s.checkpoint())
s.cast(1, no).cast(2, yes)
const record = await s.record()
const now = openedOf(s.definition, s.checkpoint())
const tile = `tile/0/000.p/${now.size}`
const nothing = { origin: s.definition.origin, size: 0, root: rootOf([]) }

it('is of every beginning of the board, of none too', async () => {
  for (const from of [nothing, before, now])
    expect(await judgeContinuation(record, from, now)).toEqual({ kind: 'continues' })
})

it('is of no other beginning', async () => {
  const fork = await forkOf(s, s.size - 3)
  const other = openedOf(s.definition, await noteOf(fork))
  for (const from of [before, { ...nothing, root: before.root }, { ...before, root: now.root }])
    expect(await judgeContinuation(fork, from, other)).toEqual({ kind: 'forked' })
})

it('is not known where the files do not prove the later checkpoint', async () => {
  const files = record.copy()
  files.delete(tile)
  expect(await judgeContinuation(files, before, now)).toEqual({
    kind: 'unproven',
    findings: [{ code: 'BOARD_FILE', at: tile, why: 'missing' }],
  })
  await files.write(tile, new Uint8Array(32 * now.size))
  expect(await judgeContinuation(files, before, now)).toMatchObject({
    kind: 'unproven',
    findings: [{ code: 'BOARD_ROOT' }],
  })
})

it('is not judged by files that cannot be read, though they can be the next time', async () => {
  let reads = 0
  const failing: RecordSource = {
    read: (path) => (reads++ === 0 ? Promise.reject(new Unreachable('no route')) : record.read(path)),
  }
  await expect(judgeContinuation(failing, before, now)).rejects.toThrow('no route')
})
