import { fromBase64url, payloadHash, toBase64url } from '@cista/board'
import {
  type CellForm,
  addCiphertexts,
  decodeCiphertext,
  encodeCiphertext,
  encrypt,
  randomScalar,
  sign,
} from '@cista/crypto'
import { type Ballot, decodePayload, encodePayload, signatureTag } from '@cista/protocol'
import { Simulation } from '../simulation.js'
import { type Attack, type Attacker, attack, bend, change, controlOf, exhibit } from './attack.js'
import { type Sealed, contest, first } from './ballotEdits.js'
import { obliged, smallest, yes } from './elections.js'
import { forgeCells } from './forgery.js'
import { commitmentOf } from './trustees.js'
import { forgeWeakly } from './weakProofs.js'

const proven = (name: string, numbers: readonly number[], sum: CellForm['sums'][number]): Attack =>
  bend(
    'BALLOT_PROOF',
    name,
    smallest,
    contest((_, s, b) => forgeCells(s, b, numbers, { form: { cells: 3, sums: [sum] } })),
  )
const all = { cells: [0, 1, 2], weights: [1, 1, 1] }

const rules: readonly Attack[] = [
  proven('three votes, proven for a rule that allows three', [1, 1, 1], { ...all, max: 3 }),
  proven('two votes, of which the sum leaves one out', [1, 1, 0], { cells: [1, 2], weights: [1, 1], max: 1 }),
  proven('two votes, for a sum in which the slack counts differently', [1, 1, 1], {
    ...all,
    weights: [1, 1, 2],
    max: 4,
  }),
  bend(
    'BALLOT_PROOF',
    'no vote where one must be given',
    obliged,
    contest((_, s, b) => forgeCells(s, b, [0, 0])),
  ),
  bend(
    'BALLOT_PROOF',
    'six votes for one option, and five less for the other',
    obliged,
    contest((_, s, b) => forgeCells(s, b, [6, -5])),
  ),
  bend(
    'BALLOT_PROOF',
    'a number that was chosen when the challenge was known',
    smallest,
    contest((_, s, b) => forgeWeakly(s, b)),
  ),
]

/** The second ballot, of another voter, with votes made from those of the first. */
const fromVictim = (to: (victim: Sealed, own: Sealed, s: Simulation) => Sealed): Attacker => ({
  ...change('ballot', (ballot, s) => {
    const { bytes } = s.log.find(({ kind }) => kind === 'ballot') ?? {}
    if (bytes === undefined) return undefined
    const [victim] = decodePayload(s.definition.codecs, 'ballot', bytes).contests
    return { ...ballot, contests: [to(victim!, ballot.contests[0]!, s)] }
  }),
  stops: true,
})
/** `own` with these bytes of `other`. */
const patched = (own: string, other: string, ranges: readonly (readonly [from: number, to: number])[]) => {
  const [bytes, theirs] = [fromBase64url(own), fromBase64url(other)]
  for (const [from, to] of ranges) bytes.set(theirs.subarray(from, to), from)
  return toBase64url(bytes)
}

const copies: readonly Attack[] = [
  bend(
    'BALLOT_PROOF',
    'one cell of another voter’s vote, with its part of the proof',
    obliged,
    // Two cells and one sum: nine commitments, then three answers for each cell.
    fromVictim((victim, own) => ({
      ciphertexts: patched(own.ciphertexts, victim.ciphertexts, [[0, 64]]),
      proof: patched(own.proof, victim.proof, [
        [0, 128],
        [288, 384],
      ]),
    })),
  ),
  bend(
    'BALLOT_PROOF',
    'another voter’s vote, encrypted anew',
    obliged,
    fromVictim(({ ciphertexts, proof }, _, s) => {
      const bytes = fromBase64url(ciphertexts)
      for (let i = 0; 64 * i < bytes.length; i++) {
        const cell = bytes.subarray(64 * i, 64 * (i + 1))
        const fresh = encrypt(s.ballotElection.key, 0n, randomScalar())
        cell.set(encodeCiphertext(addCiphertexts(decodeCiphertext(cell), fresh)))
      }
      return { ciphertexts: toBase64url(bytes), proof }
    }),
  ),
  bend(
    'BALLOT_PROOF',
    'an option’s cell in place of another’s',
    smallest,
    contest(({ ciphertexts, proof }) => {
      const bytes = fromBase64url(ciphertexts)
      return { ciphertexts: toBase64url(bytes.copyWithin(64, 0, 64)), proof }
    }),
  ),
  attack('BALLOT_PROOF', 'a ballot kept, and the key made anew', controlOf(smallest), async () => {
    const { log, definition } = await smallest({ stops: true })
    const ballot = decodePayload(definition.codecs, 'ballot', log.find((l) => l.kind === 'ballot')!.bytes)
    return exhibit(await smallest(first(() => ({ ...ballot }))))
  }),
  attack(
    'BALLOT_PROOF',
    'a ballot of another election of the same trustees, key, roll and codes',
    controlOf(smallest),
    async () => {
      const voters = [{}, {}]
      const title = { en: 'Another election' }
      const other = new Simulation({ voters, manifest: { title } }).setUp()
      const s = new Simulation({ voters, ...repeating(other) }).setUp()
      if (s.course.phase.opened!.value.key !== other.course.phase.opened!.value.key)
        throw new Error('the elections have different keys')
      const { payload } = other.seal(0, { question: yes })
      const value: Ballot = {
        ...decodePayload(other.definition.codecs, 'ballot', payload),
        election: s.definition.id,
      }
      const hash = payloadHash(encodePayload(s.definition.codecs, 'ballot', value))
      const tag = signatureTag(s.definition.id, 'ballot', 'credential', hash)
      const proof = toBase64url(sign(other.credential(0).secret, tag))
      return exhibit(s.forge({ kind: 'ballot', value }, [{ by: 'credential', proof }]).close())
    },
  ),
]

/** Trustees deal the polynomials, and registrars the codes, of another election. */
function repeating(other: Simulation): Pick<Attacker, 'edit'> {
  return {
    edit(payload, s) {
      if (payload.kind === 'trustee-joined') {
        const polynomial = other.polynomials.get(payload.value.index)!
        s.polynomials.set(payload.value.index, polynomial)
        return { kind: payload.kind, value: { ...payload.value, commitment: commitmentOf(polynomial) } }
      }
      if (payload.kind !== 'roll') return undefined
      const { bytes } = other.log.find(({ kind }) => kind === 'roll')!
      return { kind: payload.kind, value: decodePayload(other.definition.codecs, 'roll', bytes) }
    },
  }
}

export const ballotForgeryAttacks: readonly Attack[] = [...rules, ...copies]
