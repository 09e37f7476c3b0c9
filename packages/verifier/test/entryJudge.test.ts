import { leafHash, payloadHash, rootOf, toBase64url, toHex } from '@cista/board'
import type { PayloadOf } from '@cista/protocol'
import { Simulation, type SimulationPlan, testTimes } from '@cista/testkit'
import { expect, it } from 'vitest'
import { type ProofPool, localPool } from '../src/index.js'
import type { BundledEntry } from '../src/bundle.js'
import { EntryJudge } from '../src/entryJudge.js'
import { no, yes } from './support.js'

const bundled = (s: Simulation): BundledEntry[] =>
  s.log.map(({ entry, entryBytes, bytes }) => ({
    entry,
    bytes: entryBytes,
    leaf: toHex(leafHash(entryBytes)),
    payload: bytes,
  }))
const judgeOf = (s: Simulation) =>
  new EntryJudge(s.definition, s.manifest, (size) =>
    rootOf(s.log.slice(0, size).map(({ entryBytes }) => leafHash(entryBytes))),
  )
/** What is wrong with the board's entries, and who has judged them. */
function judged(s: Simulation) {
  const judge = judgeOf(s)
  const findings = bundled(s).flatMap((entry) => judge.judge(entry))
  return { judge, found: findings.map(({ code, at }) => `${code} at ${at}`) }
}
/** The first payload of this kind is another one. */
const editing = <K extends 'opened' | 'closed' | 'tallied'>(
  kind: K,
  change: (value: PayloadOf<K>) => Partial<PayloadOf<K>>,
): SimulationPlan => ({
  edit: (payload) =>
    payload.kind === kind
      ? ({ kind, value: { ...payload.value, ...change(payload.value as PayloadOf<K>) } } as typeof payload)
      : undefined,
})

it('finds nothing wrong with a board that is right, and knows what it owes', async () => {
  const s = new Simulation().setUp().cast(0, yes).cast(0, no)
  const open = judged(s)
  expect(open.found).toEqual([])
  expect(open.judge.due).toMatchObject({ kind: 'closed' })
  await s.finish()
  const { judge, found } = judged(s)
  expect(found).toEqual([])
  expect(judge.due).toBeUndefined()
  expect(judge.course.phase).toEqual(s.course.phase)
})

it('finds an opening with keys that the trustees have not made, which then opens nothing', () => {
  const other = new Simulation().setUp().course.phase.opened!.value
  const s = new Simulation(editing('opened', () => ({ key: other.key }))).setUp()
  const { judge, found } = judged(s)
  expect(found).toEqual([`KEY_ELECTION at entry ${s.size - 1} (opened)`])
  expect(judge.course.phase.stage).toBe('setup')
  expect(judge.due).toMatchObject({ kind: 'opened' })
  const swapped = new Simulation(
    editing('opened', ({ trustees: [a, b, c] }) => ({ trustees: [b!, a!, c!] })),
  ).setUp()
  const at = `KEY_TRUSTEE at entry ${swapped.size - 1} (opened)`
  expect(judged(swapped).found).toEqual([at, at])
})

it('finds an opening or a closing under the checkpoint of another board', () => {
  const checkpoint = new Simulation({ seed: 'other' }).checkpoint()
  const opened = new Simulation(editing('opened', () => ({ checkpoint }))).setUp()
  expect(judged(opened).found).toEqual([`CHECKPOINT_EMBEDDED at entry ${opened.size - 1} (opened)`])
  const closed = new Simulation(editing('closed', () => ({ checkpoint }))).setUp().close()
  expect(judged(closed).found).toEqual([`CHECKPOINT_EMBEDDED at entry ${closed.size - 1} (closed)`])
})

it('finds a tally that holds no sums, which then is still owed', async () => {
  const wrong = toBase64url(new Uint8Array(64 * 2).fill(0xff))
  const change = ({ units }: PayloadOf<'tallied'>) => ({ units: units.map((u) => ({ ...u, sums: wrong })) })
  const s = new Simulation(editing('tallied', change)).setUp().cast(0, yes).close()
  await s.tally()
  const { judge, found } = judged(s)
  expect(found).toEqual([`TALLY_SUMS at entry ${s.size - 1} (tallied)`])
  expect(judge.due).toEqual({ kind: 'tallied', since: Date.parse(testTimes.closes) / 1000 })
})

it('asks a pool about all ballots, and about nothing else', async () => {
  const s = new Simulation().setUp()
  const { judge } = judged(s)
  const [opened] = bundled(s).slice(-1)
  const ballots = Array.from({ length: 40 }, (_, i): BundledEntry => {
    const payload = Uint8Array.of(i)
    const entry = { ...opened!.entry, index: 100 + i, kind: 'ballot', payload: payloadHash(payload) }
    return { ...opened!, entry, payload }
  })
  const asked: number[] = []
  const pool: ProofPool = {
    ...localPool,
    checkBallots: async (_, jobs) =>
      jobs.map(({ payload }) => {
        asked.push(payload[0]!)
        return payload[0] === 33 ? [{ code: 'BALLOT_PROOF', at: 'contests[0]', why: 'none' }] : []
      }),
  }
  expect(await judge.ballotFindings([opened!, ...ballots], pool)).toEqual([
    { code: 'BALLOT_PROOF', at: 'entry 133 (ballot) contests[0]', why: 'none' },
  ])
  expect(asked).toEqual(ballots.map((_, i) => i))
  // Before voting was opened there is nothing that they could be proved under.
  expect(await judgeOf(s).ballotFindings(ballots, pool)).toEqual([])
})
