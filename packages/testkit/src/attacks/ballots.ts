import { type Signature, fromBase64url, payloadHash, toBase64url } from '@cista/board'
import { type BallotElection, type Choices, sealBallot } from '@cista/client'
import { decodeCiphertext, encodeCiphertext, ristretto255 as g, scaleCiphertext, sign } from '@cista/crypto'
import { type Ballot, decodePayload, noReplaced, signatureTag } from '@cista/protocol'
import type { Simulation } from '../simulation.js'
import { type Attack, type Attacker, after, bend, change, resign } from './attack.js'
import { districted, no, once, paper, revoted, smallest, yes } from './elections.js'
import { forgeCells } from './forgery.js'

type Sealed = Ballot['contests'][number]

/** The first ballot on the board, changed and signed again by its owner, who may be the attacker. */
const first = (to: (ballot: Ballot, s: Simulation) => Ballot): Attacker => ({
  ...change('ballot', (ballot, s) => (s.course.ballots.length > 0 ? undefined : to(ballot, s))),
  stops: true,
})
/** The second of voter 1, changed. */
const second = (to: (ballot: Ballot, s: Simulation) => Ballot): Attacker => ({
  ...change('ballot', (ballot, s) => (ballot.replaces === noReplaced ? undefined : to(ballot, s))),
  stops: true,
})
/** Behind `opened`, what the attacker adds. */
const early = (act: (s: Simulation) => void): Attacker => ({ ...after('opened', act), stops: true })

/** A ballot as anybody with that code would seal it, for an election that may be another. */
function sealed(
  s: Simulation,
  voter: number,
  choices: Choices,
  {
    replaces = noReplaced,
    style = 'all',
    ...other
  }: Partial<BallotElection & Pick<Ballot, 'replaces' | 'style'>> = {},
): Ballot {
  const as = { credential: s.credential(voter), replaces, style, weight: 1 }
  const composed = sealBallot({ ...s.ballotElection, ...other }, as, choices)
  if ('faults' in composed) throw new Error('not a choice')
  return decodePayload(s.definition.codecs, 'ballot', composed.ballot.payload)
}
const signedBy = (s: Simulation, voter: number, bytes: Uint8Array, id = s.definition.id): Signature => ({
  by: 'credential',
  proof: toBase64url(
    sign(s.credential(voter).secret, signatureTag(id, 'ballot', 'credential', payloadHash(bytes))),
  ),
})

/** The first ballot's first contest, changed. */
const contest = (to: (contest: Sealed, s: Simulation, ballot: Ballot) => Sealed): Attacker =>
  first((ballot, s) => {
    const [changed, ...others] = ballot.contests
    return { ...ballot, contests: [to(changed!, s, ballot), ...others] }
  })
const ciphertexts = (to: (bytes: Uint8Array) => Uint8Array): Attacker =>
  contest((c) => ({ ...c, ciphertexts: toBase64url(to(fromBase64url(c.ciphertexts))) }))
const proof = (to: (bytes: Uint8Array) => Uint8Array): Attacker =>
  contest((c) => ({ ...c, proof: toBase64url(to(fromBase64url(c.proof))) }))
const put = (at: number, value: Uint8Array) => (bytes: Uint8Array) => {
  bytes.set(value, at < 0 ? bytes.length + at : at)
  return bytes
}
/** Each cell by another function of it. */
const cellwise = (
  to: (cell: ReturnType<typeof decodeCiphertext>, i: number) => ReturnType<typeof decodeCiphertext>,
) =>
  ciphertexts((bytes) => {
    for (let i = 0; 64 * i < bytes.length; i++) {
      const cell = bytes.subarray(64 * i, 64 * (i + 1))
      cell.set(encodeCiphertext(to(decodeCiphertext(cell), i)))
    }
    return bytes
  })

/** The same number, coded as itself and the order. */
function withOrder(scalar: Uint8Array): Uint8Array {
  const value = scalar.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) + g.order
  return Uint8Array.from(scalar, (_, i) => Number((value >> BigInt(8 * i)) & 255n))
}

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

const identity = new Uint8Array(32)
const encodings: readonly Attack[] = [
  bend('BALLOT_ENCODING', 'no randomness: α is the identity', smallest, ciphertexts(put(0, identity))),
  bend('BALLOT_ENCODING', 'β is the identity', smallest, ciphertexts(put(32, identity))),
  bend(
    'BALLOT_ENCODING',
    'a number beyond the field',
    smallest,
    ciphertexts(put(64, new Uint8Array(32).fill(255))),
  ),
  bend('BALLOT_ENCODING', 'the negative form of an element', smallest, ciphertexts(put(0, Uint8Array.of(1)))),
]

const proofs: readonly Attack[] = [
  bend('BALLOT_PROOF', 'a copy of another voter’s ballot', smallest, {
    after(payload, s) {
      if (payload.kind !== 'ballot') return
      s.forge({ kind: 'ballot', value: { ...payload.value, credential: s.credential(1).key } })
    },
    stops: true,
  }),
  bend('BALLOT_PROOF', 'another voter’s vote in one contest', districted, {
    ...change('ballot', (ballot, s) => {
      const { bytes } = s.log.find(({ kind }) => kind === 'ballot') ?? {}
      if (bytes === undefined || ballot.style === 'south') return undefined
      const victim = decodePayload(s.definition.codecs, 'ballot', bytes)
      return { ...ballot, contests: [victim.contests[0]!, ballot.contests[1]!] }
    }),
    stops: true,
  }),
  bend(
    'BALLOT_PROOF',
    'two contests of one ballot exchanged',
    districted,
    first((ballot) => ({
      ...ballot,
      contests: [...ballot.contests].reverse(),
    })),
  ),
  bend(
    'BALLOT_PROOF',
    'a vote moved to a later ballot of the same voter',
    revoted,
    second((ballot, s) => ({
      ...ballot,
      contests: decodePayload(s.definition.codecs, 'ballot', s.log.find((l) => l.kind === 'ballot')!.bytes)
        .contests,
    })),
  ),
  bend(
    'BALLOT_PROOF',
    'a ballot sealed for another opening',
    smallest,
    first((_, s) => {
      const context = { ...s.ballotElection.context, opening: 'ab'.repeat(32) }
      return sealed(s, 0, { question: yes }, { context })
    }),
  ),
  bend(
    'BALLOT_PROOF',
    'a ballot sealed under another key',
    smallest,
    first((_, s) => sealed(s, 0, { question: yes }, { key: g.add(s.ballotElection.key, g.base) })),
  ),
  bend(
    'BALLOT_PROOF',
    'yes and no exchanged',
    smallest,
    ciphertexts((bytes) => put(64, bytes.slice(0, 64))(put(0, bytes.slice(64, 128))(bytes))),
  ),
  bend(
    'BALLOT_PROOF',
    'every cell doubled',
    smallest,
    cellwise((cell) => scaleCiphertext(cell, 2)),
  ),
  bend(
    'BALLOT_PROOF',
    'one vote more in one cell',
    smallest,
    cellwise(({ alpha, beta }, i) => ({
      alpha,
      beta: i === 0 ? g.add(beta, g.base) : beta,
    })),
  ),
  bend(
    'BALLOT_PROOF',
    'two votes for one option',
    smallest,
    contest((_, s, b) => forgeCells(s, b, [2, 0, 0])),
  ),
  bend(
    'BALLOT_PROOF',
    'two votes for one option and one less for the other',
    smallest,
    contest((_, s, b) => forgeCells(s, b, [2, -1, 0])),
  ),
  bend(
    'BALLOT_PROOF',
    'a vote for both options',
    smallest,
    contest((_, s, b) => forgeCells(s, b, [1, 1, 0])),
  ),
  bend(
    'BALLOT_PROOF',
    'a vote for both, and slack that makes up for it',
    smallest,
    contest((_, s, b) => forgeCells(s, b, [1, 1, -1])),
  ),
  bend(
    'BALLOT_PROOF',
    'two votes, proven by all trustees together',
    smallest,
    contest((_, s, b) =>
      forgeCells(s, b, [2, -1, 0], [1, 2, 3].reduce((k, i) => k + s.polynomials.get(i)![0]!, 0n) % g.order),
    ),
  ),
  bend(
    'BALLOT_PROOF',
    'a number of the proof in another coding',
    smallest,
    proof((bytes) => put(-32, withOrder(bytes.slice(-32)))(bytes)),
  ),
  bend('BALLOT_PROOF', 'a commitment that is the identity', smallest, proof(put(0, identity))),
  bend(
    'BALLOT_PROOF',
    'a proof of zeros',
    smallest,
    proof((bytes) => bytes.fill(0)),
  ),
]

export const ballotAttacks: readonly Attack[] = [...voters, ...signatures, ...encodings, ...proofs]
