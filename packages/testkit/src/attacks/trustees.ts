import { sha256, toBase64url, toHex } from '@cista/board'
import {
  type Scalar,
  commitPolynomial,
  provePolynomial,
  publicKey,
  randomScalar,
  ristretto255,
  samplePolynomial,
  sign,
} from '@cista/crypto'
import { signatureTag, trusteeTag } from '@cista/protocol'
import { deriveOpened } from '@cista/verifier'
import { Simulation } from '../simulation.js'
import { type Attack, type Attacker, attack, bend, change, controlOf, exhibit } from './attack.js'
import { alone, smallest } from './elections.js'

const order = ristretto255.order
export const commitmentOf = (polynomial: readonly Scalar[]) => toHex(sha256(commitPolynomial(polynomial)))
const negated = (polynomials: readonly (readonly Scalar[])[], k: number) =>
  (order - (polynomials.reduce((sum, p) => sum + p[k]!, 0n) % order)) % order
/** The polynomials of trustees 1 and 2, whom the third has listened to. */
const overheard = (s: Simulation) => [s.polynomials.get(1)!, s.polynomials.get(2)!]

/** Trustee 3 announces and deals a polynomial of its choice; `prove` if it cannot prove it. */
const third = (
  polynomial: (s: Simulation) => Scalar[],
  prove?: (s: Simulation, polynomial: readonly Scalar[]) => Uint8Array,
): Attacker => ({
  edit(payload, s) {
    if (payload.kind === 'trustee-joined' && payload.value.index === 3) {
      const own = polynomial(s)
      s.polynomials.set(3, own)
      return { kind: payload.kind, value: { ...payload.value, commitment: commitmentOf(own) } }
    }
    if (prove === undefined || payload.kind !== 'trustee-dealt' || payload.value.index !== 3) return undefined
    const proof = toBase64url(prove(s, s.polynomials.get(3)!))
    return { kind: payload.kind, value: { ...payload.value, proof } }
  },
})
/** The key would be the third trustee's alone: A_0 takes away what the others have dealt. */
const rogue = (s: Simulation) => [(randomScalar() + negated(overheard(s), 0)) % order, randomScalar()]
const proving =
  (attempt: number, trustee: number, election?: string) => (s: Simulation, p: readonly Scalar[]) =>
    provePolynomial(p, trusteeTag(election ?? s.definition.id, attempt, trustee))

/** Dealings whose sum is the identity, for the key or for one trustee, and voting opened with a key nonetheless. */
const cancelling = (name: string, polynomial: (s: Simulation) => Scalar[]): Attack =>
  attack('KEY_ELECTION', name, controlOf(smallest), async () => {
    const s = new Simulation({ voters: [{}, {}], ...third(polynomial) }).ceremony().roll()
    if (deriveOpened(s.course) !== undefined) throw new Error('the dealings do not cancel out')
    const key = toHex(publicKey(1n))
    const value = { checkpoint: s.checkpoint(), key, trustees: [key, key, key] }
    s.at(s.definition.manifest.schedule.opens).derive('opened', value)
    return exhibit(s)
  })

export const trusteeAttacks: readonly Attack[] = [
  bend(
    'DEALING_COMMITMENT',
    'a trustee who deals other commitments than announced',
    smallest,
    change('trustee-dealt', (v, s) => {
      if (v.index !== 3) return undefined
      s.polynomials.set(3, samplePolynomial(2))
      return { ...v, ...s.dealing(3) }
    }),
  ),
  bend(
    'DEALING_COMMITMENT',
    'a rogue key, chosen when the others had dealt',
    smallest,
    change('trustee-dealt', (v, s) => {
      if (v.index !== 3) return undefined
      s.polynomials.set(3, rogue(s))
      return { ...v, ...s.dealing(3) }
    }),
  ),
  bend(
    'DEALING_PROOF',
    'a rogue key that its dealer cannot prove',
    smallest,
    third(rogue, (s) => proving(1, 3)(s, samplePolynomial(2))),
  ),
  bend(
    'DEALING_PROOF',
    'coefficients of another, in another order, with the proof of their owner',
    smallest,
    third(
      (s) => [...s.polynomials.get(1)!].reverse(),
      (s) => proving(1, 1)(s, s.polynomials.get(1)!),
    ),
  ),
  bend(
    'DEALING_PROOF',
    'a proof made for another trustee',
    smallest,
    third(() => samplePolynomial(2), proving(1, 2)),
  ),
  bend(
    'DEALING_PROOF',
    'a proof made for another attempt',
    smallest,
    third(() => samplePolynomial(2), proving(2, 3)),
  ),
  bend(
    'DEALING_PROOF',
    'a proof made for another election',
    smallest,
    third(() => samplePolynomial(2), proving(1, 3, '00'.repeat(32))),
  ),
  bend('DEALING_PROOF', 'a signature by the dealt key in place of its proof', alone, {
    edit: change('trustee-dealt', (v, s) => {
      // For one coefficient both relations say P = x·G: only the tags tell them apart.
      const tag = signatureTag(s.definition.id, 'trustee-dealt', 'trustee-1', '00'.repeat(32))
      return { ...v, proof: toBase64url(sign(s.polynomials.get(1)![0]!, tag)) }
    }).edit,
  }),
  bend(
    'KEY_ELECTION',
    'voting opened with a key of the attacker',
    smallest,
    change('opened', (v, s) => {
      for (const i of [1, 2, 3]) s.polynomials.set(i, samplePolynomial(2))
      const sum = [1, 2, 3].reduce((k, i) => k + s.polynomials.get(i)![0]!, 0n) % order
      return {
        ...v,
        key: toHex(publicKey(sum)),
        trustees: [1, 2, 3].map((i) => toHex(publicKey(s.share(i)))),
      }
    }),
  ),
  cancelling('dealings that cancel out to no key at all', (s) => [negated(overheard(s), 0), randomScalar()]),
  cancelling('dealings that leave one trustee no share', (s) => {
    // Σ (a_0 + 2·a_1) = 0: trustee 2 would have the share 0.
    const slope = randomScalar()
    const others = negated(overheard(s), 0) + 2n * (negated(overheard(s), 1) - slope)
    return [((others % order) + order) % order, slope]
  }),
  bend(
    'KEY_TRUSTEE',
    'two trustees’ keys exchanged',
    smallest,
    change('opened', (v) => ({
      ...v,
      trustees: [v.trustees[1]!, v.trustees[0]!, v.trustees[2]!],
    })),
  ),
  bend(
    'KEY_TRUSTEE',
    'a trustee’s key replaced by the attacker’s',
    smallest,
    change('opened', (v) => ({
      ...v,
      trustees: [v.trustees[0]!, v.trustees[1]!, toHex(publicKey(randomScalar()))],
    })),
  ),
]
