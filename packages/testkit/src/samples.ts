import type { Choice, Manifest } from '@cista/protocol'
import type { Report } from '@cista/verifier'
import { no, yes } from './attacks/elections.js'
import { testKeys, testManifest } from './manifest.js'
import { Simulation, type SimulationPlan } from './simulation.js'

/** An election as it should be, and what must come out of it by what its voters did. */
export interface Sample {
  readonly name: string
  readonly about: string
  readonly verdict: Report['verdict']
  /** Totals of options by unit; undefined for a unit that is withheld. */
  readonly votes?: Readonly<Record<string, Readonly<Record<string, number>> | undefined>>
  readonly ballots?: Partial<NonNullable<Report['ballots']>>
  make(): Promise<Simulation>
}

const blank: Choice = { kind: 'selection', selected: [] }
const choose = (id: string): Choice => ({ kind: 'selection', selected: [id] })
const points = (given: Record<string, number>): Choice => ({ kind: 'score', points: given })
const rank = (...ranked: string[]): Choice => ({ kind: 'ranking', ranked })
const option = (id: string) => ({ id, title: { en: `Option ${id}` } })

/** A ballot in the north elects a mayor and shares out a budget; one in the south ranks, then elects. */
const districts: Partial<Manifest> = {
  contests: [
    {
      id: 'mayor',
      kind: 'selection',
      max: 1,
      min: 1,
      options: ['a', 'b'].map(option),
      title: { en: 'Mayor' },
    },
    {
      budget: 5,
      id: 'north-budget',
      kind: 'score',
      maximum: 3,
      options: ['c', 'd'].map(option),
      title: { en: 'North' },
    },
    {
      id: 'south-rank',
      kind: 'ranking',
      max: 2,
      min: 1,
      options: ['e', 'f', 'g'].map(option),
      points: [2, 1],
      title: { en: 'South' },
    },
  ],
  styles: [
    { contests: ['mayor', 'north-budget'], id: 'north' },
    { contests: ['south-rank', 'mayor'], id: 'south' },
  ],
  units: [
    { contest: 'mayor', id: 'mayor-north', styles: ['north'] },
    { contest: 'mayor', id: 'mayor-south', styles: ['south'] },
    { contest: 'north-budget', id: 'budget', styles: ['north'] },
    { contest: 'south-rank', id: 'rank', styles: ['south'] },
  ],
}
const north = { style: 'north' }
const south = { style: 'south' }
const both = [north, south, south]

const whole =
  (plan: SimulationPlan, vote: (s: Simulation) => void, trustees?: number[]) => (): Promise<Simulation> => {
    const simulation = new Simulation(plan).setUp()
    vote(simulation)
    return simulation.finish(trustees)
  }
const threeVote = (s: Simulation) =>
  s.cast(0, { question: yes }).cast(1, { question: no }).cast(2, { question: yes })

const complete: readonly Omit<Sample, 'verdict'>[] = [
  {
    name: 'no-ballots',
    about: 'Nobody votes: every unit is withheld, nothing is decrypted, the result follows the tally.',
    votes: { question: undefined },
    ballots: { cast: 0, counted: 0, superseded: 0, void: 0, cancelled: 0 },
    make: whole({}, () => undefined),
  },
  {
    name: 'one-ballot',
    about: 'One selection, three trustees of whom two decrypt.',
    votes: { question: { yes: 1, no: 0 } },
    make: whole({}, (s) => s.cast(1, { question: yes })),
  },
  {
    name: 'one-trustee',
    about: 'A threshold of one: polynomials of degree 0.',
    votes: { question: { yes: 0, no: 1 } },
    make: whole({ trustees: 1, manifest: { threshold: 1 } }, (s) => s.cast(0, { question: no })),
  },
  {
    name: 'four-of-five-trustees',
    about: 'Five trustees, of whom four decrypt, not in order.',
    votes: { question: { yes: 2, no: 1 } },
    make: whole({ trustees: 5, manifest: { threshold: 4 } }, threeVote, [5, 2, 4, 1]),
  },
  {
    name: 'more-decryptions-than-needed',
    about: 'All three trustees decrypt; the totals follow from the first two.',
    votes: { question: { yes: 2, no: 1 } },
    make: whole({}, threeVote, [3, 1, 2]),
  },
  {
    name: 're-votes',
    about: 'The first voter votes three times, last a blank: only that counts.',
    votes: { question: { yes: 0, no: 1 } },
    ballots: { cast: 4, counted: 2, superseded: 2 },
    make: whole({}, (s) =>
      s
        .cast(0, { question: yes })
        .cast(1, { question: no })
        .cast(0, { question: no })
        .cast(0, { question: blank }),
    ),
  },
  {
    name: 'weights',
    about: 'Voters of weight 5, 1 and 300.',
    votes: { question: { yes: 305, no: 1 } },
    make: whole({ voters: [{ weight: 5 }, { weight: 1 }, { weight: 300 }] }, threeVote),
  },
  {
    name: 'all-kinds',
    about: 'Two ballot styles, a contest of each kind, units by district.',
    votes: {
      'mayor-north': { a: 1, b: 0 },
      'mayor-south': { a: 0, b: 2 },
      budget: { c: 3, d: 2 },
      rank: { e: 2, f: 0, g: 3 },
    },
    make: whole({ manifest: districts, voters: both }, (s) =>
      s
        .cast(0, { mayor: choose('a'), 'north-budget': points({ c: 3, d: 2 }) })
        .cast(1, { mayor: choose('b'), 'south-rank': rank('g') })
        .cast(2, { mayor: choose('b'), 'south-rank': rank('e', 'g') }),
    ),
  },
  {
    name: 'withheld',
    about: 'Units with one ballot are withheld, those with two are published.',
    votes: {
      'mayor-north': undefined,
      'mayor-south': { a: 1, b: 1 },
      budget: undefined,
      rank: { e: 0, f: 2, g: 2 },
    },
    make: whole({ manifest: { ...districts, minimumBallots: 2 }, voters: both }, (s) =>
      s
        .cast(0, { mayor: choose('a') })
        .cast(1, { mayor: choose('b'), 'south-rank': rank('g') })
        .cast(2, { mayor: choose('a'), 'south-rank': rank('f') }),
    ),
  },
  {
    name: 'empty-contest',
    about:
      'A contest in which everybody left the ballot blank has totals of 0; one of a style that nobody used is withheld.',
    votes: {
      'mayor-north': { a: 0, b: 2 },
      'mayor-south': undefined,
      budget: { c: 0, d: 0 },
      rank: undefined,
    },
    make: whole({ manifest: districts, voters: [north, north] }, (s) =>
      s.cast(0, { mayor: choose('b') }).cast(1, { mayor: choose('b') }),
    ),
  },
  {
    name: 'bounds',
    about:
      'Selections and rankings with a least number, a budget that all points fit in, places without points.',
    votes: { two: { a: 1, b: 1, c: 0 }, free: { a: 7, b: 0, c: 6 }, all: { a: 0, b: 10, c: 3 } },
    make: whole(
      {
        manifest: {
          contests: [
            {
              id: 'two',
              kind: 'selection',
              max: 2,
              min: 2,
              options: ['a', 'b', 'c'].map(option),
              title: { en: 'Two' },
            },
            {
              id: 'free',
              kind: 'score',
              maximum: 7,
              options: ['a', 'b', 'c'].map(option),
              title: { en: 'Free' },
            },
            {
              id: 'all',
              kind: 'ranking',
              max: 3,
              min: 3,
              options: ['a', 'b', 'c'].map(option),
              points: [10, 3, 0],
              title: { en: 'All' },
            },
          ],
          styles: [{ contests: ['all', 'two', 'free'], id: 'only' }],
          units: [
            { contest: 'free', id: 'free', styles: ['only'] },
            { contest: 'two', id: 'two', styles: ['only'] },
            { contest: 'all', id: 'all', styles: ['only'] },
          ],
        },
      },
      (s) =>
        s.cast(0, {
          two: { kind: 'selection', selected: ['b', 'a'] },
          free: points({ a: 7, c: 6 }),
          all: rank('b', 'c', 'a'),
        }),
    ),
  },
  {
    name: 'paper',
    about:
      'Cancellations before and after closing: each ballot of somebody who voted on paper is reported once.',
    votes: { question: { yes: 1, no: 0 } },
    ballots: { cast: 4, counted: 1, superseded: 1, cancelled: 2, void: 0 },
    async make() {
      const s = new Simulation({ manifest: { paper: true }, voters: [{}, {}, {}, {}] }).setUp()
      const cancel = (i: number) =>
        s.post('cancelled', { credential: s.credential(i).key, reason: 'votes on paper' })
      s.cast(0, { question: yes }).cast(1, { question: yes })
      cancel(0)
      s.cast(2, { question: no }).cast(2, { question: yes }).close()
      cancel(2)
      cancel(3)
      await s.reconcile().tally()
      return s.decrypt(2).decrypt(3).result()
    },
  },
  {
    name: 'roll-changes',
    about:
      'Ballots of removed, re-keyed and re-styled credentials are void; a re-weighted one counts with its new weight.',
    votes: {
      'mayor-north': undefined,
      'mayor-south': { a: 0, b: 4 },
      budget: undefined,
      rank: { e: 0, f: 8, g: 0 },
    },
    ballots: { cast: 4, counted: 1, void: 3 },
    async make() {
      const voters = [north, south, south, south]
      const s = new Simulation({ manifest: { ...districts, minimumBallots: 1 }, voters }).setUp()
      const key = (i: number) => s.credential(i).key
      return s
        .cast(0, { mayor: choose('a') })
        .cast(1, { mayor: choose('a'), 'south-rank': rank('e') })
        .cast(2, { mayor: choose('a'), 'south-rank': rank('e') })
        .cast(3, { mayor: choose('b'), 'south-rank': rank('f') })
        .post('roll-changed', {
          added: [],
          reason: 'moved, and a lost code',
          rekeyed: [{ from: key(1), to: key(9) }],
          removed: [key(0)],
          restyled: [{ key: key(2), style: 'north' }],
          reweighted: [{ key: key(3), weight: 4 }],
        })
        .finish()
    },
  },
  {
    name: 'complaint',
    about: 'A complaint ends the first attempt of the ceremony; the second makes the key.',
    votes: { question: { yes: 1, no: 0 } },
    async make() {
      const s = new Simulation()
      for (const i of [1, 2, 3]) s.join(i)
      for (const i of [1, 2, 3]) s.deal(i)
      return s
        .confirm(1)
        .post('trustee-complained', {
          accused: 1,
          attempt: 1,
          identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
          index: 2,
        })
        .post('ceremony-restarted', { attempt: 2, reason: 'trustee 2 complained about trustee 1' })
        .setUp()
        .cast(0, { question: yes })
        .finish()
    },
  },
  {
    name: 'extended-and-closed-on-request',
    about: 'The closing time extended, a notice, new hashes of the page, then closed before its time.',
    votes: { question: { yes: 1, no: 0 } },
    make: whole({}, (s) =>
      s
        .cast(0, { question: yes })
        .post('notice', { text: 'The line was down for an hour.' })
        .post('extended', { closes: '2026-01-05T18:00:00Z', reason: 'the line was down' })
        .post('page-changed', { page: { 'index.html': 'ab'.repeat(32) }, reason: 'a spelling mistake' })
        .post('close-requested', { reason: 'all have voted' })
        .pass(5),
    ),
  },
  {
    name: 'witnesses',
    about: 'Three witnesses, of whom two must cosign every checkpoint.',
    votes: { question: { yes: 1, no: 0 } },
    make: whole({ witnesses: 3 }, (s) => s.cast(0, { question: yes })),
  },
  {
    name: 'quorum',
    about: 'Two administrators sign together.',
    votes: { question: { yes: 1, no: 0 } },
    make: whole(
      {
        manifest: {
          administrators: { ...testManifest(testKeys('simulation')).administrators, quorum: 2 },
        },
      },
      (s) => s.post('notice', { text: 'Polls are busy.' }).cast(0, { question: yes }),
    ),
  },
  {
    name: 'two-levels',
    about: 'More than 256 entries: two bundles, and hash tiles of two levels.',
    votes: { question: { yes: 1, no: 0 } },
    make: whole({}, (s) => {
      for (let i = 0; i < 256; i++) s.post('notice', { text: `${i}` })
      s.cast(0, { question: yes })
    }),
  },
  {
    name: 'languages',
    about:
      'Texts in three scripts, from right to left too, with marks that join and letters outside the BMP.',
    votes: { question: { yes: 1, no: 0 } },
    make: whole({ manifest: inThreeScripts() }, (s) => s.cast(0, { question: yes })),
  },
]

function inThreeScripts(): Partial<Manifest> {
  const texts = (en: string, fa: string, zh: string) => ({ en, fa, 'zh-Hant': zh })
  return {
    contests: [
      {
        description: texts('Yes or no?\nThink first.', 'بله یا نه؟ می\u200cخواهید؟', '是或否？𠀋'),
        id: 'question',
        kind: 'selection',
        max: 1,
        min: 0,
        options: [
          { id: 'yes', title: texts('Yes ✓ “so”', 'بله', '是') },
          { id: 'no', title: texts('No \\ / "', 'نه', '否') },
        ],
        title: texts('Ĉu? Ångström', 'پرسش', '問題𠀋'),
      },
    ],
    languages: ['en', 'fa', 'zh-Hant'],
    title: texts('An election 🗳', 'انتخابات', '選舉'),
  }
}

/** The election as far as it has come. */
const stage = (name: string, about: string, make: () => Simulation | Promise<Simulation>): Sample => ({
  name,
  about,
  verdict: 'unfinished',
  make: async () => make(),
})
const closed = () => new Simulation().setUp().cast(0, { question: yes }).close()
const stages: readonly Sample[] = [
  stage('unfinished-manifest', 'Only the manifest.', () => new Simulation()),
  stage('unfinished-ceremony', 'The trustees have made the key.', () => new Simulation().ceremony()),
  stage('unfinished-roll', 'The roll is sealed.', () => new Simulation().ceremony().roll()),
  stage('unfinished-opened', 'Opened, no ballot yet.', () => new Simulation().setUp()),
  stage('unfinished-voting', 'One ballot.', () => new Simulation().setUp().cast(0, { question: yes })),
  stage('unfinished-closed', 'Closed.', closed),
  stage('unfinished-tallied', 'The encrypted sums are published.', () => closed().tally()),
  stage('unfinished-decrypting', 'One trustee of two has decrypted.', async () =>
    (await closed().tally()).decrypt(2),
  ),
  stage('unfinished-decrypted', 'Two trustees have decrypted; no result yet.', async () =>
    (await closed().tally()).decrypt(2).decrypt(1),
  ),
  stage('aborted', 'Given up after the tally.', async () =>
    (await closed().tally()).decrypt(1).post('aborted', { reason: 'a court has said so' }),
  ),
  stage('aborted-before-opening', 'Given up during the ceremony.', () =>
    new Simulation().join(1).post('aborted', { reason: 'a trustee has lost the key' }),
  ),
]

/** Elections as they should be, whole and unfinished. */
export const samples: readonly Sample[] = [
  ...complete.map((sample): Sample => ({ ...sample, verdict: 'verified' })),
  ...stages,
]
