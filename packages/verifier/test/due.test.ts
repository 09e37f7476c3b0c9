import { fromTimestamp, parseCheckpoint, parseNote } from '@cista/board'
import { Simulation, testTimes } from '@cista/testkit'
import { expect, it } from 'vitest'
import { readBundle } from '../src/bundle.js'
import { EntryJudge } from '../src/entryJudge.js'
import { TileTree } from '../src/tileTree.js'
import { yes } from './support.js'

/** What is due on the board as it is. */
async function due(s: Simulation) {
  const record = await s.record()
  const { value } = await TileTree.empty.grown(record, parseCheckpoint(parseNote(s.checkpoint()).body))
  const judge = new EntryJudge(s.definition, s.manifest, (size) => value!.rootAt(size))
  for (const entry of (await readBundle(record, s.definition, value!, 0)).value!)
    expect(judge.judge(entry)).toEqual([])
  return judge.due
}
const at = (time: string) => fromTimestamp(time)
const [opens, closes] = [at(testTimes.opens), at(testTimes.closes)]

it('is nothing while the board waits for people', async () => {
  expect(await due(new Simulation())).toBeUndefined()
  expect(await due(new Simulation().ceremony())).toBeUndefined()
  expect(await due(new Simulation().roll())).toBeUndefined()
  const paper = new Simulation({ manifest: { paper: true } }).setUp().close()
  expect(await due(paper)).toBeUndefined()
  const tallied = await new Simulation().setUp().cast(0, yes).close().tally()
  expect(await due(tallied)).toBeUndefined()
  expect(await due(tallied.decrypt(1))).toBeUndefined()
})

it('is the opening, at its time or when the last is ready', async () => {
  const ready = new Simulation().ceremony().roll()
  expect(await due(ready)).toEqual({ kind: 'opened', since: opens })
  const late = new Simulation().roll().pass(7200).ceremony()
  expect(await due(late)).toEqual({ kind: 'opened', since: at(testTimes.start) + 7200 })
  const sealedLast = new Simulation().ceremony().pass(7300).roll()
  // What comes afterwards delays nothing.
  sealedLast.pass(100).post('notice', { text: 'soon' })
  expect(await due(sealedLast)).toEqual({ kind: 'opened', since: at(testTimes.start) + 7300 })
})

it('is the closing, at its time, as extended, or on request', async () => {
  const s = new Simulation().setUp()
  expect(await due(s)).toEqual({ kind: 'closed', since: closes })
  s.post('extended', { closes: '2026-01-05T18:00:00Z', reason: 'rain' })
  expect(await due(s)).toEqual({ kind: 'closed', since: closes + 3600 })
  s.pass(60).post('close-requested', { reason: 'done' }).pass(60).cast(0, yes)
  expect(await due(s)).toEqual({ kind: 'closed', since: opens + 60 })
})

it('is the tally, once closed, or reconciled where there is paper', async () => {
  expect(await due(new Simulation().setUp().close())).toEqual({ kind: 'tallied', since: closes })
  const paper = new Simulation({ manifest: { paper: true } }).setUp().close().pass(60).reconcile()
  expect(await due(paper)).toEqual({ kind: 'tallied', since: closes + 60 })
})

it('is the result, once enough have decrypted, or nothing is to be decrypted', async () => {
  const s = await new Simulation().setUp().cast(0, yes).close().tally()
  s.pass(60).decrypt(1).pass(60).decrypt(2)
  expect(await due(s)).toEqual({ kind: 'result', since: closes + 120 })
  expect(await due(s.result())).toBeUndefined()
  const withheld = await new Simulation({ manifest: { minimumBallots: 9 } }).setUp().close().tally()
  expect(await due(withheld)).toEqual({ kind: 'result', since: closes })
})
