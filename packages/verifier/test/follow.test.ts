import { DecodeError } from '@cista/board'
import { Simulation, loadVector, votingElection } from '@cista/testkit'
import { followRecord } from '@cista/verifier'
import { expect, it } from 'vitest'

const refused = (at: RegExp) =>
  expect.toSatisfy((error: unknown) => error instanceof DecodeError && at.test(error.message)) as Error

it('brings a course to where the record ends', async () => {
  const s = new Simulation().setUp().cast(0, { question: { kind: 'selection', selected: ['yes'] } })
  const course = await followRecord(await s.record(), s.definition.id)
  expect(course.phase).toEqual(s.course.phase)
  expect(course.roll).toEqual(s.course.roll)
  expect(course.ballots).toEqual(s.course.ballots)
  expect(course.box).toEqual(s.course.box)
})

it('goes on from there: what was legal on the original is legal, and nothing else', async () => {
  const s = votingElection()
  const course = await followRecord(await s.record(), s.definition.id)
  expect(course.phase.nextSequence('administrator')).toBe(s.course.phase.nextSequence('administrator'))
  expect(course.phase.opened).toEqual(s.course.phase.opened)
})

it.each([
  ['MANIFEST_ID/a-wholly-forged-election-in-place-of-the-published-one', /^entry 0: .*\(MANIFEST_ID\)$/],
  ['BOARD_ROOT/a-checkpoint-with-another-root', /^checkpoint: .*\(BOARD_ROOT\)$/],
  ['PHASE/a-ballot-after-closing', /^entry \d+ \(ballot\): .*\(PHASE\)$/],
  ['BALLOT_REPLACES/a-second-ballot-that-replaces-none', /^entry \d+: [^()]+$/],
  ['ROLL/cancelled-twice', /^entry \d+: [^()]+$/],
])('says where a record fails: %s', async (attack, why) => {
  const { record, options, expected } = loadVector(`attacks/${attack}`)
  await expect(followRecord(record, options.election ?? expected.election!)).rejects.toEqual(refused(why))
})
