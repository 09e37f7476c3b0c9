import type { Choice, Manifest } from '@cista/protocol'
import { testKeys, testManifest } from '../manifest.js'
import { Simulation, type SimulationPlan } from '../simulation.js'
import type { Attacker, Election } from './attack.js'

export const yes: Choice = { kind: 'selection', selected: ['yes'] }
export const no: Choice = { kind: 'selection', selected: ['no'] }

const play =
  (plan: SimulationPlan, vote: (simulation: Simulation) => void, trustees?: number[]): Election =>
  async ({ stops = false, ...attacker }: Attacker = {}) => {
    const simulation = new Simulation({ ...plan, ...attacker }).setUp()
    vote(simulation)
    return stops ? simulation.close() : simulation.finish(trustees)
  }

const twoVoters = [{}, {}]
const { administrators, contests } = testManifest(testKeys('simulation'))
function question() {
  const [only] = contests
  if (only?.kind !== 'selection') throw new Error('the test election asks one question')
  return only
}

/** One ballot with “yes”; a second voter stays at home. */
export const smallest = play({ voters: twoVoters }, (s) => s.cast(0, { question: yes }))

/** Voter 1 votes yes, then no; voter 2 has three votes and says yes. */
export const revoted = play({ voters: [{}, { weight: 3 }], manifest: { revisions: 1 } }, (s) =>
  s.cast(0, { question: yes }).cast(1, { question: yes }).cast(0, { question: no }),
)

/** A ballot cannot be replaced. */
export const once = play({ voters: twoVoters, manifest: { revisions: 0 } }, (s) =>
  s.cast(0, { question: yes }),
)

/** All three trustees decrypt, though two are enough. */
export const allDecrypt = play({ voters: twoVoters }, (s) => s.cast(0, { question: yes }), [1, 2, 3])

/** A few voters may have so much weight, and not more. */
export const weighed = play({ voters: [{ weight: 2 }, { weight: 3 }], manifest: { maximumWeight: 5 } }, (s) =>
  s.cast(0, { question: yes }),
)

/** Two administrators must sign what one alone could. */
export const quorums = play(
  { voters: twoVoters, manifest: { administrators: { ...administrators, quorum: 2 } } },
  (s) => s.post('notice', { text: 'Polls are busy.' }).cast(0, { question: yes }),
)

/** Voting ends at its time, whatever anybody says. */
export const punctual = play({ voters: twoVoters, manifest: { closeOnRequest: false } }, (s) =>
  s.cast(0, { question: yes }),
)

/** Everybody must choose; two voters do. */
export const obliged = play({ voters: twoVoters, manifest: { contests: [{ ...question(), min: 1 }] } }, (s) =>
  s.cast(0, { question: yes }).cast(1, { question: no }),
)

/** One trustee, whose one coefficient is the key. */
export const alone = play({ voters: twoVoters, trustees: 1, manifest: { threshold: 1 } }, (s) =>
  s.cast(0, { question: yes }),
)

/** All three have voted; then the second votes on paper, and the third is taken off the roll. */
export const withdrawn = play({ voters: [{}, {}, {}], manifest: { paper: true } }, (s) =>
  s
    .cast(0, { question: yes })
    .cast(1, { question: yes })
    .cast(2, { question: yes })
    .post('cancelled', { credential: s.credential(1).key, reason: 'votes on paper' })
    .post('roll-changed', {
      added: [],
      reason: 'moved',
      rekeyed: [],
      removed: [s.credential(2).key],
      restyled: [],
      reweighted: [],
    }),
)

/** A complaint ended the first attempt of the ceremony. */
export const restarted: Election = async ({ stops = false, ...attacker }: Attacker = {}) => {
  const s = new Simulation({ voters: twoVoters, ...attacker })
  for (const i of [1, 2, 3]) s.join(i)
  for (const i of [1, 2, 3]) s.deal(i)
  s.confirm(1)
    .post('trustee-complained', {
      accused: 1,
      attempt: 1,
      identity: `AGE-SECRET-KEY-1${'Q'.repeat(58)}`,
      index: 2,
    })
    .post('ceremony-restarted', { attempt: 2, reason: 'trustee 2 complained about trustee 1' })
    .setUp()
    .cast(0, { question: yes })
  return stops ? s.close() : s.finish()
}

/** Voter 2 votes on paper. */
export const paper = play({ voters: [{}, {}], manifest: { paper: true } }, (s) =>
  s
    .cast(0, { question: yes })
    .post('cancelled', { credential: s.credential(1).key, reason: 'votes on paper' }),
)

/** Three witnesses, of whom two must cosign. */
export const witnessed = play({ voters: twoVoters, witnesses: 3 }, (s) => s.cast(0, { question: yes }))

/** More entries than one bundle holds. */
export const long = play({ voters: twoVoters }, (s) => {
  for (let i = 0; i < 256; i++) s.post('notice', { text: `${i} minutes of voting` })
  s.cast(0, { question: yes })
})

const option = (id: string) => ({ id, title: { en: `Option ${id}` } })
const districts: Partial<Manifest> = {
  contests: [
    {
      id: 'mayor',
      kind: 'selection',
      max: 1,
      min: 0,
      options: [option('a'), option('b')],
      title: { en: 'Mayor' },
    },
    {
      id: 'judge',
      kind: 'selection',
      max: 1,
      min: 0,
      options: [option('c'), option('d')],
      title: { en: 'Judge' },
    },
  ],
  minimumBallots: 2,
  styles: [
    { contests: ['mayor', 'judge'], id: 'north' },
    { contests: ['mayor'], id: 'south' },
  ],
  units: [
    { contest: 'mayor', id: 'mayor-north', styles: ['north'] },
    { contest: 'mayor', id: 'mayor-south', styles: ['south'] },
    { contest: 'judge', id: 'judge', styles: ['north'] },
  ],
}
const select = (id: string): Choice => ({ kind: 'selection', selected: [id] })

/** Two voters in the north; one in the south, too few to be published. */
export const districted = play(
  { voters: [{ style: 'north' }, { style: 'north' }, { style: 'south' }], manifest: districts },
  (s) =>
    s
      .cast(0, { mayor: select('a'), judge: select('d') })
      .cast(1, { mayor: select('b'), judge: select('d') })
      .cast(2, { mayor: select('b') }),
)
