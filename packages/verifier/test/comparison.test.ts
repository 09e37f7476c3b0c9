import { Simulation } from '@cista/testkit'
import { expect, it } from 'vitest'
import { Comparison } from '../src/comparison.js'
import { TileTree } from '../src/tileTree.js'
import { policyOf } from '../src/v2Board.js'
import { forkOf, no, noteOf, openedOf, yes } from './support.js'

const stall = 600
const s = new Simulation().setUp()
const early = s.checkpoint()
const small = await treeOf(s)
s.cast(0, yes).cast(1, no)
const ours = s.checkpoint()
const tree = await treeOf(s)
/** Of the same size, with the last ballot by another voter. */
const fork = await noteOf(await forkOf(s.cast(2, yes), s.size - 2))

const comparison = () => new Comparison(policyOf(s.definition), stall)
async function treeOf(board: Simulation): Promise<TileTree> {
  const { value } = await TileTree.empty.grown(
    await board.record(),
    openedOf(board.definition, board.checkpoint()),
  )
  return value!
}

it('finds a checkpoint of the same size and another history, at once', () => {
  const forked = { kind: 'forked', by: 'Ada', ours, theirs: fork }
  expect(comparison().compare([{ name: 'Ada', note: fork }], tree, ours, 0)).toEqual([forked])
  expect(comparison().compare([{ name: 'Ada', note: ours }], tree, ours, 0)).toEqual([])
  expect(comparison().compare([{ name: 'Ada', note: early }], tree, ours, 0)).toEqual([])
})

it('says once what it says of a checkpoint that somebody goes on showing', () => {
  const own = comparison()
  const others = [
    { name: 'Ada', note: 'a poem' },
    { name: 'Bo', note: fork },
    { name: 'Cy', note: fork },
  ]
  const first = own.compare(others, tree, ours, 0)
  expect(first.map(({ kind }) => kind)).toEqual(['not-compared', 'forked', 'forked'])
  expect(own.compare(others, tree, ours, 1)).toEqual([])
  // Another one of the same person, or the same one again after it, is looked at.
  expect(own.compare([{ name: 'Ada', note: 'a song' }], tree, ours, 2)).toMatchObject([{ name: 'Ada' }])
  expect(own.compare([{ name: 'Ada', note: 'a poem' }], tree, ours, 3)).toMatchObject([{ name: 'Ada' }])
})

it('remembers what is ahead until it can be compared', () => {
  const own = comparison()
  expect(own.compare([{ name: 'Ada', note: fork }], small, early, 100)).toEqual([])
  expect(own.compare([], small, early, 100 + stall - 1)).toEqual([])
  const withheld = { kind: 'withheld', by: 'Ada', ours: early, theirs: fork }
  expect(own.compare([], small, early, 100 + stall)).toEqual([withheld])
  expect(own.compare([], tree, ours, 100 + stall)).toEqual([
    { kind: 'forked', by: 'Ada', ours, theirs: fork },
  ])
  expect(own.compare([], tree, ours, 100 + stall)).toEqual([])
})
