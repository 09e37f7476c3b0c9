import { type Signature, fromBase64url, payloadHash, sha256, toBase64url, toHex } from '@cista/board'
import { provePolynomial, sign } from '@cista/crypto'
import { type EntryKind, type PayloadOf, signatureTag, trusteeTag } from '@cista/protocol'
import { Simulation } from '../simulation.js'
import { type Attack, attack, bend, change, controlOf, exhibit, misplaced, resign } from './attack.js'
import { ciphertexts, first, proof, put, signedBy, withOrder } from './ballotEdits.js'
import { allDecrypt, quorums, smallest } from './elections.js'

// RFC 9496 §4.3.1 has one encoding for each element, the protocol none for the identity where an element is read, and one for each scalar.
// The product of all fields and all bad encodings is in packages/verifier/test/encodings.test.ts; here is one record for each field.

const identity = new Uint8Array(32)
/** Of the field: a representative above its prime. */
const noElement = new Uint8Array(32).fill(255)
const last = (bytes: Uint8Array) => put(-32, withOrder(bytes.slice(-32)))(bytes)
const in64 = (text: string, to: (bytes: Uint8Array) => Uint8Array) => toBase64url(to(fromBase64url(text)))

/** The signatures of a kind, in another coding. */
const recoded = (kind: EntryKind, to: (bytes: Uint8Array) => Uint8Array) =>
  resign(kind, (s, bytes): readonly Signature[] => {
    const by = 'administrator-1'
    const tag = signatureTag(s.definition.id, kind, by, payloadHash(bytes))
    const first = sign(s.keys.administrators[0]!.secret, tag)
    const second = sign(s.keys.administrators[1]!.secret, tag.replace(by, 'administrator-2'))
    return [
      { by, proof: toBase64url(to(first)) },
      { by: 'administrator-2', proof: toBase64url(second) },
    ]
  })

const signatures: readonly Attack[] = [
  bend('SIGNATURE_INVALID', 'a signature in another coding', quorums, recoded('notice', last)),
  bend(
    'SIGNATURE_INVALID',
    'a signature whose commitment is the identity',
    quorums,
    recoded('notice', put(0, identity)),
  ),
  bend('SIGNATURE_INVALID', 'a signature that is no element', quorums, recoded('notice', put(0, noElement))),
  bend('BALLOT_SIGNATURE', 'the voter’s signature in another coding', smallest, {
    ...resign('ballot', (s, bytes) => {
      const { by, proof: own } = signedBy(s, 0, bytes)
      return [{ by, proof: in64(own, last) }]
    }),
    stops: true,
  }),
  bend('BALLOT_SIGNATURE', 'the voter’s signature without a commitment', smallest, {
    ...resign('ballot', (s, bytes) => {
      const { by, proof: own } = signedBy(s, 0, bytes)
      return [{ by, proof: in64(own, put(0, identity)) }]
    }),
    stops: true,
  }),
]

const ballots: readonly Attack[] = [
  bend(
    'BALLOT_CREDENTIAL',
    'a ballot of the credential with which anybody can vote',
    smallest,
    first((ballot) => ({ ...ballot, credential: toHex(identity) })),
  ),
  bend('BALLOT_ENCODING', 'α beyond the field', smallest, ciphertexts(put(0, noElement))),
  bend('BALLOT_ENCODING', 'no randomness in the slack', smallest, ciphertexts(put(-64, identity))),
  bend('BALLOT_PROOF', 'a commitment beyond the field', smallest, proof(put(32, noElement))),
  bend('BALLOT_PROOF', 'a number of the proof beyond 2²⁵⁵', smallest, proof(put(-64, noElement))),
  bend(
    'BALLOT_PROOF',
    'numbers of the proof that are all zero',
    smallest,
    // Three cells and one sum: 13 commitments stand before them.
    proof((bytes) => bytes.fill(0, 32 * 13)),
  ),
]

/** Trustee 3 deals bytes instead of commitments, having announced them. */
const dealt = (name: string, commitments: (s: Simulation) => Uint8Array): Attack =>
  attack('DEALING_PROOF', name, controlOf(smallest), async () => {
    const chosen = new WeakMap<Simulation, Uint8Array>()
    const s = new Simulation({
      voters: [{}, {}],
      edit(payload, simulation) {
        if (payload.kind === 'trustee-joined' && payload.value.index === 3) {
          const bytes = commitments(simulation)
          chosen.set(simulation, bytes)
          return { kind: payload.kind, value: { ...payload.value, commitment: toHex(sha256(bytes)) } }
        }
        if (payload.kind !== 'trustee-dealt' || payload.value.index !== 3) return undefined
        const bytes = chosen.get(simulation)!
        return { kind: payload.kind, value: { ...payload.value, commitments: toBase64url(bytes) } }
      },
    })
    return exhibit(s.ceremony())
  })
const both = (first: Uint8Array, second: Uint8Array) => Uint8Array.of(...first, ...second)

const dealings: readonly Attack[] = [
  dealt('no constant term: a dealer who adds nothing to the key', (s) =>
    both(identity, commitmentsOf(s, 1).subarray(32)),
  ),
  dealt('a polynomial of a lower degree than the threshold wants', (s) =>
    both(commitmentsOf(s, 1).subarray(0, 32), identity),
  ),
  dealt('commitments that are no elements', () => both(noElement, noElement)),
  bend('DEALING_PROOF', 'a number of a dealing’s proof in another coding', smallest, {
    edit: change('trustee-dealt', (v, s) => {
      if (v.index !== 3) return undefined
      const tag = trusteeTag(s.definition.id, v.attempt, v.index)
      return { ...v, proof: toBase64url(last(provePolynomial(s.polynomials.get(3)!, tag))) }
    }).edit,
  }),
]
function commitmentsOf(s: Simulation, trustee: number): Uint8Array {
  return fromBase64url(s.dealing(trustee).commitments)
}

/** Voting opened with other keys than the trustees', none of which could be used. */
const opened = (
  code: 'KEY_ELECTION' | 'KEY_TRUSTEE',
  name: string,
  to: (value: PayloadOf<'opened'>) => Partial<PayloadOf<'opened'>>,
): Attack =>
  attack(code, name, controlOf(smallest), async () => {
    const edit = change('opened', (value) => ({ ...value, ...to(value) }))
    return exhibit(new Simulation({ voters: [{}, {}], ...edit }).setUp())
  })

const keys: readonly Attack[] = [
  opened('KEY_ELECTION', 'a key that is the identity: every vote in clear', () => ({ key: toHex(identity) })),
  opened('KEY_ELECTION', 'a key that is no element', () => ({ key: toHex(noElement) })),
  opened('KEY_TRUSTEE', 'a trustee’s key that is the identity', ({ trustees }) => ({
    trustees: [toHex(identity), ...trustees.slice(1)],
  })),
  opened('KEY_TRUSTEE', 'a trustee’s key that is no element', ({ trustees }) => ({
    trustees: [...trustees.slice(0, 2), toHex(noElement)],
  })),
]

const none = { added: [], rekeyed: [], removed: [], restyled: [], reweighted: [], reason: 'a mistake' }
const roll: readonly Attack[] = [
  bend(
    'ROLL_KEY',
    'an added credential with which anybody can vote',
    smallest,
    misplaced('opened', 'roll-changed', () => ({
      ...none,
      added: [{ key: toHex(identity), style: 'all', weight: 1 }],
    })),
  ),
  bend(
    'ROLL_KEY',
    'a new code with which anybody can vote',
    smallest,
    misplaced('opened', 'roll-changed', (s) => ({
      ...none,
      rekeyed: [{ from: s.credential(1).key, to: toHex(identity) }],
    })),
  ),
]

/** Sums of an election that then goes no further. */
const summed = (name: string, to: (bytes: Uint8Array) => Uint8Array): Attack =>
  attack('TALLY_SUMS', name, controlOf(smallest), async () => {
    const edit = change('tallied', (v) => ({
      ...v,
      units: v.units.map((u) => ({ ...u, sums: in64(u.sums, to) })),
    }))
    return exhibit(await (await smallest({ stops: true, ...edit })).tally())
  })
/** The second decryption of two, after which nothing can follow. */
const decrypted = (name: string, to: (v: PayloadOf<'decrypted'>) => Partial<PayloadOf<'decrypted'>>) =>
  attack('DECRYPTION_PROOF', name, controlOf(allDecrypt), async () => {
    const edit = change('decrypted', (v) => (v.index === 2 ? { ...v, ...to(v) } : undefined))
    const s = await (await allDecrypt({ stops: true, ...edit })).tally()
    return exhibit(s.decrypt(1).decrypt(2))
  })

const tallies: readonly Attack[] = [
  summed('a sum that is no element', put(0, noElement)),
  summed('a sum without randomness', put(0, identity)),
  summed('a sum of votes that is the identity', put(32, identity)),
  decrypted('a share that is no element', (v) => ({ shares: in64(v.shares, put(0, noElement)) })),
  decrypted('a number of a decryption’s proof in another coding', (v) => ({ proof: in64(v.proof, last) })),
  decrypted('a decryption’s commitment that is the identity', (v) => ({
    proof: in64(v.proof, put(0, identity)),
  })),
]

export const encodingAttacks: readonly Attack[] = [
  ...signatures,
  ...ballots,
  ...dealings,
  ...keys,
  ...roll,
  ...tallies,
]
