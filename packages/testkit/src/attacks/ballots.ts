import { decodePayload, noReplaced } from '@cista/protocol'
import { type Attack, after, bend, resign } from './attack.js'
import { early, first, sealed, second, signedBy } from './ballotEdits.js'
import { ballotForgeryAttacks } from './ballotForgeries.js'
import { ballotProofAttacks } from './ballotProofs.js'
import { districted, no, once, paper, revoted, smallest, yes } from './elections.js'

const voters: readonly Attack[] = [
  bend('BALLOT_CREDENTIAL', 'a ballot of somebody not on the roll', smallest, {
    ...first((_, s) => sealed(s, 7, { question: yes })),
    ...resign('ballot', (s, bytes) => [signedBy(s, 7, bytes)]),
  }),
  bend('BALLOT_CREDENTIAL', 'a ballot of somebody removed from the roll', smallest, {
    ...early((s) => {
      const none = { added: [], rekeyed: [], restyled: [], reweighted: [] }
      s.post('roll-changed', { ...none, reason: 'moved', removed: [s.credential(0).key] })
    }),
    ...first((ballot) => ({ ...ballot })),
  }),
  bend('BALLOT_CANCELLED', 'a ballot of somebody who votes on paper', paper, {
    ...after('cancelled', (s) => s.forge({ kind: 'ballot', value: sealed(s, 1, { question: yes }) })),
    stops: true,
  }),
  bend(
    'BALLOT_STYLE',
    'a ballot of another district',
    districted,
    first((_, s) => sealed(s, 0, {}, { style: 'south' })),
  ),
  bend(
    'BALLOT_REPLACES',
    'a second ballot that replaces none',
    revoted,
    second((_, s) => sealed(s, 0, { question: no })),
  ),
  bend(
    'BALLOT_REPLACES',
    'a second ballot that replaces another voter’s',
    revoted,
    second((_, s) =>
      sealed(s, 0, { question: no }, { replaces: s.course.box.last(s.credential(1).key)!.tracker }),
    ),
  ),
  bend(
    'BALLOT_REPLACES',
    'a first ballot that replaces one left out',
    smallest,
    first((_, s) => sealed(s, 0, { question: no }, { replaces: 'ab'.repeat(32) })),
  ),
  bend(
    'BALLOT_REPLACES',
    'two ballots of one voter exchanged',
    smallest,
    early((s) => {
      const before = s.seal(1, { question: yes })
      const value = sealed(s, 1, { question: no }, { replaces: before.tracker })
      s.forge({ kind: 'ballot', value })
      s.forge({ kind: 'ballot', value: decodePayload(s.definition.codecs, 'ballot', before.payload) })
    }),
  ),
  bend('BALLOT_REPLACES', 'one ballot twice', smallest, {
    ...after('ballot', (s) => {
      const { bytes } = s.log.at(-1)!
      s.forge({ kind: 'ballot', value: decodePayload(s.definition.codecs, 'ballot', bytes) })
    }),
    stops: true,
  }),
  bend('BALLOT_REVISIONS', 'more re-votes than are allowed', revoted, {
    after(payload, s) {
      if (payload.kind !== 'ballot' || payload.value.replaces === noReplaced) return
      const replaces = s.course.box.last(payload.value.credential)!.tracker
      s.forge({ kind: 'ballot', value: sealed(s, 0, { question: yes }, { replaces }) })
    },
    stops: true,
  }),
  bend('BALLOT_REVISIONS', 'a second ballot where one is allowed', once, {
    ...after('ballot', (s) => {
      const replaces = s.course.box.last(s.credential(0).key)!.tracker
      s.forge({ kind: 'ballot', value: sealed(s, 0, { question: no }, { replaces }) })
    }),
    stops: true,
  }),
]

const signatures: readonly Attack[] = [
  bend(
    'BALLOT_SIGNATURE',
    'nobody’s signature',
    smallest,
    resign('ballot', () => []),
  ),
  bend(
    'BALLOT_SIGNATURE',
    'another voter’s signature',
    smallest,
    resign('ballot', (s, bytes) => [signedBy(s, 1, bytes)]),
  ),
  bend(
    'BALLOT_SIGNATURE',
    'the voter’s signature twice',
    smallest,
    resign('ballot', (s, bytes) => [0, 0].map((i) => signedBy(s, i, bytes))),
  ),
  bend(
    'BALLOT_SIGNATURE',
    'the voter’s signature on another ballot',
    smallest,
    resign('ballot', (s) => [signedBy(s, 0, s.seal(0, { question: yes }).payload)]),
  ),
  bend(
    'BALLOT_SIGNATURE',
    'the voter’s signature for another election',
    smallest,
    resign('ballot', (s, bytes) => [signedBy(s, 0, bytes, '00'.repeat(32))]),
  ),
  bend(
    'BALLOT_SIGNATURE',
    'a registrar’s signature',
    smallest,
    resign('ballot', (s, bytes) => [{ ...signedBy(s, 0, bytes), by: 'registrar-1' }]),
  ),
]

export const ballotAttacks: readonly Attack[] = [
  ...voters,
  ...signatures,
  ...ballotProofAttacks,
  ...ballotForgeryAttacks,
]
