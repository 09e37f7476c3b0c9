import { ristretto255 as g, scaleCiphertext } from '@cista/crypto'
import { decodePayload } from '@cista/protocol'
import { type Attack, bend, change } from './attack.js'
import {
  cellwise,
  ciphertexts,
  contest,
  first,
  proof,
  put,
  sealed,
  second,
  withOrder,
} from './ballotEdits.js'
import { districted, revoted, smallest, yes } from './elections.js'
import { forgeCells } from './forgery.js'

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
      forgeCells(s, b, [2, -1, 0], {
        secret: [1, 2, 3].reduce((k, i) => k + s.polynomials.get(i)![0]!, 0n) % g.order,
      }),
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

export const ballotProofAttacks: readonly Attack[] = [...encodings, ...proofs]
