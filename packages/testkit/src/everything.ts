import type { Manifest } from '@cista/protocol'
import { Simulation } from './simulation.js'

const option = (id: string) => ({ id, title: { en: `Option ${id}` } })
const manifest: Partial<Manifest> = {
  contests: [
    { id: 'pick', kind: 'selection', max: 1, min: 1, options: ['a', 'b'].map(option), title: { en: 'Pick' } },
    {
      budget: 2,
      description: { en: 'Points,\nas many as you like.' },
      id: 'rate',
      kind: 'score',
      maximum: 1,
      options: ['c', 'd'].map(option),
      title: { en: 'Rate' },
    },
    {
      id: 'rank',
      kind: 'ranking',
      max: 1,
      min: 1,
      options: ['e', 'f'].map(option),
      points: [1],
      title: { en: 'Rank' },
    },
  ],
  description: { en: 'Every field there is.' },
  page: { 'index.html': 'ab'.repeat(32) },
  paper: true,
  styles: [
    { contests: ['pick', 'rate'], id: 'north' },
    { contests: ['rank'], id: 'south' },
  ],
  units: [
    { contest: 'pick', id: 'pick', styles: ['north'] },
    { contest: 'rate', id: 'rate', styles: ['north'] },
    { contest: 'rank', id: 'rank', styles: ['south'] },
  ],
}

const pick = (id: string) => ({ kind: 'selection', selected: [id] }) as const
export const north = (id: string) => ({ pick: pick(id), rate: { kind: 'score', points: { d: 1 } } }) as const

const begun = () =>
  new Simulation({
    manifest,
    voters: ['north', 'south', 'south', 'north', 'north'].map((style) => ({ style })),
    witnesses: 2,
  })

/** Voting is open, one ballot is cast, and the roll has changed. */
export function votingElection(): Simulation {
  const s = begun()
  for (const i of [1, 2, 3]) s.join(i)
  for (const i of [1, 2, 3]) s.deal(i)
  s.post('trustee-complained', {
    accused: 1,
    attempt: 1,
    identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
    index: 2,
  }).post('ceremony-restarted', { attempt: 2, reason: 'a complaint' })
  const key = (i: number) => s.credential(i).key
  return s
    .setUp()
    .cast(0, north('a'))
    .post('roll-changed', {
      added: [{ key: key(8), style: 'north', weight: 1 }],
      reason: 'moved, and a lost code',
      rekeyed: [{ from: key(4), to: key(9) }],
      removed: [key(3)],
      restyled: [{ key: key(2), style: 'north' }],
      reweighted: [{ key: key(1), weight: 2 }],
    })
}

/** Every kind of entry but `aborted`, every kind of contest, and two witnesses. */
export async function finishedElection(): Promise<Simulation> {
  const s = votingElection()
  s.cast(1, { rank: { kind: 'ranking', ranked: ['f'] } })
    .post('notice', { text: 'Polls are busy.' })
    .post('page-changed', { page: { 'index.html': 'cd'.repeat(32) }, reason: 'a spelling mistake' })
    .cast(0, north('b'))
    .post('cancelled', { credential: s.credential(2).key, reason: 'votes on paper' })
    .post('extended', { closes: '2026-01-05T18:00:00Z', reason: 'the line was down' })
    .post('close-requested', { reason: 'all have voted' })
  return s.finish()
}

export const abortedElection = (): Simulation => begun().post('aborted', { reason: 'a wrong question' })
