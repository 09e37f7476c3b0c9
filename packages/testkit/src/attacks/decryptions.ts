import { fromBase64url, toBase64url } from '@cista/board'
import { type Scalar, decodeCiphertext, partialDecrypt, ristretto255 as g } from '@cista/crypto'
import { type PayloadOf, decryptionTag } from '@cista/protocol'
import { talliedSums } from '@cista/verifier'
import type { Simulation } from '../simulation.js'
import { type Attack, type Attacker, bend, change } from './attack.js'
import { allDecrypt, smallest } from './elections.js'
import { decryptWeakly } from './weakProofs.js'

/** The third trustee's decryption, changed; the first two are enough for the result. */
const third = (
  to: (s: Simulation, honest: PayloadOf<'decrypted'>) => Partial<PayloadOf<'decrypted'>>,
): Attacker => change('decrypted', (v, s) => (v.index === 3 ? { ...v, ...to(s, v) } : undefined))
/** Decrypts with any share whatever it likes. */
function decrypted(
  s: Simulation,
  share: Scalar,
  { alphas = tallied(s).alphas, index = 3, leaf = tallied(s).leaf } = {},
) {
  const { shares, proof } = partialDecrypt(share, alphas, decryptionTag(leaf, index))
  return { shares: toBase64url(shares), proof: toBase64url(proof) }
}
const tallied = (s: Simulation) => {
  const { leaf, value } = s.course.phase.tallied!
  return { leaf, ...talliedSums(value) }
}

export const decryptionAttacks: readonly Attack[] = [
  bend(
    'DECRYPTION_SHAPE',
    'a share less than there are outputs',
    allDecrypt,
    third((s) => decrypted(s, s.share(3), { alphas: tallied(s).alphas.slice(1) })),
  ),
  bend(
    'DECRYPTION_PROOF',
    'another trustee’s share',
    allDecrypt,
    third((s) => decrypted(s, s.share(1))),
  ),
  bend(
    'DECRYPTION_PROOF',
    'another trustee’s decryption, copied',
    allDecrypt,
    third((s) => decrypted(s, s.share(1), { index: 1 })),
  ),
  bend(
    'DECRYPTION_PROOF',
    'a single ballot decrypted in place of the sums',
    allDecrypt,
    third((s) => {
      const ballot = JSON.parse(
        new TextDecoder().decode(s.log.find(({ kind }) => kind === 'ballot')!.bytes),
      ) as PayloadOf<'ballot'>
      const bytes = fromBase64url(ballot.contests[0]!.ciphertexts)
      const [second, first] = [0, 1].map((i) => decodeCiphertext(bytes.subarray(64 * i, 64 * (i + 1))).alpha)
      return decrypted(s, s.share(3), { alphas: [first!, second!] })
    }),
  ),
  bend(
    'DECRYPTION_PROOF',
    'a decryption for another tally',
    allDecrypt,
    third((s) => decrypted(s, s.share(3), { leaf: 'ab'.repeat(32) })),
  ),
  bend(
    'DECRYPTION_PROOF',
    'shares that were chosen when the challenge was known',
    allDecrypt,
    third((s) => decryptWeakly(s.share(3), tallied(s).alphas, decryptionTag(tallied(s).leaf, 3))),
  ),
  bend(
    'DECRYPTION_PROOF',
    'a decryption with a share that is one too large',
    allDecrypt,
    third((s) => decrypted(s, (s.share(3) + 1n) % g.order)),
  ),
  bend(
    'DECRYPTION_PROOF',
    'shares in another order, under the proof as it was',
    allDecrypt,
    third((_, { shares }) => {
      const bytes = fromBase64url(shares)
      return { shares: toBase64url(Uint8Array.of(...bytes.subarray(32), ...bytes.subarray(0, 32))) }
    }),
  ),
  bend(
    'DECRYPTION_PROOF',
    'a share that is the identity',
    allDecrypt,
    third((_, { shares }) => ({
      shares: toBase64url(fromBase64url(shares).fill(0, 0, 32)),
    })),
  ),
  bend(
    'DECRYPTION_PROOF',
    'a proof of zeros',
    allDecrypt,
    third((_, { proof }) => ({
      proof: toBase64url(fromBase64url(proof).fill(0)),
    })),
  ),
  bend(
    'DECRYPTION_TOO_FEW',
    'two decryptions, of which one is none',
    smallest,
    change('decrypted', (v) => {
      if (v.index !== 2) return undefined
      return { ...v, proof: toBase64url(fromBase64url(v.proof).fill(0)) }
    }),
  ),
]
