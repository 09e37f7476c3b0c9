import { expect, it } from 'vitest'
import { type WatchEvent, isAlarm } from '../src/index.js'
import { keyOf } from '../src/watchEvents.js'

const finding = { code: 'BOARD_ROOT', at: 'checkpoint', why: 'another root' } as const
const pair = { ours: 'our note', theirs: 'their note' }
const grew = { kind: 'grew', from: 1, to: 2, kinds: { notice: 1 }, announced: [], note: 'a note' } as const
const report = {
  verdict: 'verified',
  election: 'an id',
  checks: [],
  results: [],
  ballots: null,
  seconds: 0,
} as const

const news: readonly WatchEvent[] = [
  grew,
  { kind: 'examined', ended: true, report },
  { kind: 'unreachable', why: 'no route' },
]
const notCompared: WatchEvent = { kind: 'not-compared', name: 'Ada', why: 'a poem' }
/** Each with what makes it another thing to tell, and then what does not. */
const alarms: readonly (readonly [WatchEvent, WatchEvent, WatchEvent | undefined])[] = [
  [
    { kind: 'forked', by: 'Ada', ...pair },
    { kind: 'forked', by: 'Bo', ...pair },
    { kind: 'forked', by: 'Ada', ours: 'a later note', theirs: 'a later note' },
  ],
  [
    { kind: 'withheld', by: 'Ada', ...pair },
    { kind: 'withheld', by: 'Bo', ...pair },
    { kind: 'withheld', by: 'Ada', ours: 'a later note', theirs: 'a later note' },
  ],
  [
    { kind: 'rolled-back', ...pair },
    { kind: 'rolled-back', ...pair, theirs: 'another note' },
    { kind: 'rolled-back', ...pair, ours: 'a later note' },
  ],
  [
    { kind: 'second-key', key: 'board+1', note: 'a note' },
    { kind: 'second-key', key: 'board+2', note: 'a note' },
    { kind: 'second-key', key: 'board+1', note: 'another note' },
  ],
  [
    { kind: 'bad-record', findings: [finding] },
    { kind: 'bad-record', findings: [{ ...finding, at: 'entry 1' }] },
    undefined,
  ],
  [
    { kind: 'overdue', due: { kind: 'opened', since: 1 } },
    { kind: 'overdue', due: { kind: 'closed', since: 1 } },
    { kind: 'overdue', due: { kind: 'opened', since: 2 } },
  ],
  [{ kind: 'silent', since: 1 }, { kind: 'silent', since: 2 }, undefined],
]

it('is an alarm only where somebody may be at fault', () => {
  for (const event of [...news, notCompared]) expect(isAlarm(event)).toBe(false)
  for (const [alarm] of alarms) expect(isAlarm(alarm)).toBe(true)
})

it('is told each time where it is news', () => {
  for (const event of news) expect(keyOf(event)).toBeUndefined()
})

it('is told once where it says nothing new', () => {
  const told = [
    notCompared,
    { ...notCompared, name: 'Bo' },
    ...alarms.flatMap(([one, other]) => [one, other]),
  ]
  expect(new Set(told.map(keyOf)).size).toBe(told.length)
  for (const [one, , same] of alarms) expect(keyOf(same ?? structuredClone(one))).toBe(keyOf(one))
  expect(keyOf({ ...notCompared, why: 'another poem' })).toBe(keyOf(notCompared))
})
