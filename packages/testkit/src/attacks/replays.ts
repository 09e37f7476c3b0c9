import type { Signature } from '@cista/board'
import { type EntryKind, type Payload, type PayloadOf, decodePayload } from '@cista/protocol'
import { deriveKeys } from '@cista/verifier'
import { Simulation, type SimulationPlan } from '../simulation.js'
import {
  type Attack,
  type Attacker,
  after,
  again,
  attack,
  bend,
  change,
  controlOf,
  exhibit,
  misplaced,
  slip,
} from './attack.js'
import { paper, quorums, restarted, revoted, smallest, yes } from './elections.js'

const within: readonly Attack[] = [
  bend('SEQUENCE', 'a registrar’s words played again', paper, again('cancelled', 'cancelled')),
  bend('SEQUENCE', 'a chunk of the roll played again', smallest, again('roll', 'roll')),
  bend('SEQUENCE', 'a trustee’s joining played again', smallest, again('trustee-joined', 'trustee-joined')),
  attack('SEQUENCE', 'a decryption played again', controlOf(smallest), async () => {
    const s = (await (await smallest({ stops: true })).tally()).decrypt(1)
    const { bytes, entry } = s.log.at(-1)!
    s.append('decrypted', bytes, entry.signatures)
    return exhibit(s)
  }),
  bend(
    'SEQUENCE',
    'an administrator’s word left out',
    quorums,
    change('notice', (v) => ({ ...v, sequence: v.sequence + 1 })),
  ),
  attack('SEQUENCE', 'the roll cut short: its last chunk left out', controlOf(smallest), async () => {
    const s = new Simulation({ voters: [{}, {}, {}] }).ceremony()
    const credentials = s.voters
      .map(({ credential }) => ({ key: credential.key, style: 'all', weight: 1 }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    s.post('roll', { credentials: credentials.slice(0, 2) })
    // The registrars have signed two chunks and the seal; the server logs the first and the seal.
    return exhibit(
      s.forge({ kind: 'roll-sealed', value: { chunks: 2, credentials: 3, sequence: 2, weight: 3 } }),
    )
  }),
  bend('BALLOT_REPLACES', 'an earlier ballot played again, to undo a re-vote', revoted, {
    after(payload, s) {
      if (payload.kind !== 'ballot' || s.course.ballots.length !== 3) return
      const { bytes, entry } = s.log.find(({ kind }) => kind === 'ballot')!
      const value = decodePayload(s.definition.codecs, 'ballot', bytes)
      s.forge({ kind: 'ballot', value }, entry.signatures)
    },
    stops: true,
  }),
]

const voters = [{}, {}]
/** Another election of the same people with the same keys, as far as the roll. */
const elsewhere = (plan: SimulationPlan = {}) =>
  new Simulation({ voters, ...plan, manifest: { title: { en: 'Another election' }, ...plan.manifest } })

const logged = <K extends EntryKind>(s: Simulation, kind: K) => {
  const { bytes, entry } = s.log.find((l) => l.kind === kind)!
  const value = decodePayload(s.definition.codecs, kind, bytes)
  return { payload: { kind, value } as Payload & { value: PayloadOf<K> }, signatures: entry.signatures }
}
/** The first payload of a kind is the other election's, its signatures too. */
const foreign = ({
  payload,
  signatures,
}: {
  payload: Payload
  signatures: readonly Signature[]
}): SimulationPlan => {
  const done = new WeakSet<Simulation>()
  return {
    voters,
    edit: ({ kind }, s) => (kind === payload.kind && !done.has(s) ? payload : undefined),
    resign({ kind }, _, s) {
      if (kind !== payload.kind || done.has(s)) return undefined
      done.add(s)
      return signatures
    },
  }
}

const across: readonly Attack[] = [
  attack(
    'SIGNATURE_INVALID',
    'an administrator’s words from another election',
    controlOf(smallest),
    async () =>
      exhibit(
        new Simulation(foreign(logged(elsewhere().post('notice', { text: 'It is over.' }), 'notice')))
          .setUp()
          .post('notice', { text: 'Polls are busy.' }),
      ),
  ),
  attack('SIGNATURE_INVALID', 'the roll of another election', controlOf(smallest), async () =>
    exhibit(new Simulation(foreign(logged(elsewhere().ceremony().roll(), 'roll'))).ceremony().roll()),
  ),
  attack('SIGNATURE_INVALID', 'a trustee’s joining from another election', controlOf(smallest), async () => {
    const other = elsewhere().join(1)
    const s = new Simulation(foreign(logged(other, 'trustee-joined'))).join(1)
    s.polynomials.set(1, other.polynomials.get(1)!)
    return exhibit(s.join(2).join(3).deal(1).deal(2).deal(3))
  }),
  attack('SIGNATURE_INVALID', 'a decryption from another election', controlOf(smallest), async () => {
    const other = await elsewhere().setUp().cast(0, { question: yes }).close().tally()
    const s = new Simulation(foreign(logged(other.decrypt(1), 'decrypted')))
    return exhibit((await s.setUp().cast(0, { question: yes }).close().tally()).decrypt(1))
  }),
  attack('SIGNATURE_INVALID', 'a vote on paper from another election', controlOf(paper), async () => {
    const manifest = { paper: true }
    const cancelled = (s: Simulation) => ({ credential: s.credential(1).key, reason: 'votes on paper' })
    // Registrars who gave out one code for both.
    const value = { ...cancelled(new Simulation({ manifest })), sequence: 2 }
    const other = elsewhere({ manifest }).setUp().forge({ kind: 'cancelled', value })
    const s = new Simulation({ ...foreign(logged(other, 'cancelled')), manifest }).setUp()
    return exhibit(s.post('cancelled', cancelled(s)))
  }),
]

const keysOf = ({ definition, course }: Simulation) => {
  const { key, trustees } = deriveKeys(definition, course.phase.attempt)!
  return { key, trustees: [...trustees] }
}
/** What trustees have signed in the attempt that a complaint ended. */
const dead = <K extends EntryKind>(s: Simulation, kind: K): Omit<PayloadOf<K>, 'sequence'> => {
  const { sequence: _, ...value } = logged(s, kind).payload.value as PayloadOf<K> & { sequence: number }
  return value as Omit<PayloadOf<K>, 'sequence'>
}
const afterNthJoin = (n: number, act: (s: Simulation) => void): Attacker => {
  const joins = new WeakMap<Simulation, number>()
  return {
    after(payload, s) {
      if (payload.kind !== 'trustee-joined') return
      joins.set(s, (joins.get(s) ?? 0) + 1)
      if (joins.get(s) === n) act(s)
    },
  }
}

const revived: readonly Attack[] = [
  bend(
    'ATTEMPT',
    'a dead attempt revived: its joining in the next',
    restarted,
    misplaced('ceremony-restarted', 'trustee-joined', (s) => dead(s, 'trustee-joined')),
  ),
  bend(
    'ATTEMPT',
    'a dead attempt revived: its dealing in the next',
    restarted,
    afterNthJoin(6, (s) => {
      const sequence = s.course.phase.nextSequence('trustee', 1)
      slip(s, { kind: 'trustee-dealt', value: { ...dead(s, 'trustee-dealt'), sequence } })
    }),
  ),
  bend(
    'CEREMONY',
    'a dead attempt revived: confirmed after a complaint',
    restarted,
    misplaced('trustee-complained', 'trustee-confirmed', (s) => ({
      attempt: 1,
      dealt: s.course.phase.attempt.lastDealt,
      index: 3,
    })),
  ),
  bend(
    'CEREMONY',
    'a dead attempt revived: its dealings confirmed in the next',
    restarted,
    change('trustee-confirmed', (v, s) => {
      if (v.attempt !== 2 || v.index !== 3) return undefined
      return { ...v, dealt: logged(s, 'trustee-confirmed').payload.value.dealt }
    }),
  ),
  bend(
    'CEREMONY',
    'a second complaint in one attempt',
    restarted,
    misplaced('trustee-complained', 'trustee-complained', () => ({
      accused: 1,
      attempt: 1,
      identity: `AGE-SECRET-KEY-1${'P'.repeat(58)}`,
      index: 3,
    })),
  ),
  bend(
    'CEREMONY',
    'a complaint of one who has confirmed',
    smallest,
    misplaced('trustee-confirmed', 'trustee-complained', () => ({
      accused: 2,
      attempt: 1,
      identity: `AGE-SECRET-KEY-1${'P'.repeat(58)}`,
      index: 1,
    })),
  ),
  attack(
    'KEY_ELECTION',
    'a dead attempt revived: voting opened with its key',
    controlOf(restarted),
    async () => {
      // The same election opened after its first attempt, as if nobody had complained.
      const keys = new WeakMap<Simulation, Pick<PayloadOf<'opened'>, 'key' | 'trustees'>>()
      return exhibit(
        await restarted({
          stops: true,
          ...after('trustee-complained', (s) => keys.set(s, keysOf(s))),
          ...change('opened', (v, s) => ({ ...v, ...keys.get(s)! })),
        }),
      )
    },
  ),
]

export const replayAttacks: readonly Attack[] = [...within, ...across, ...revived]
