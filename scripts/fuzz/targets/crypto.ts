import { concat, equalBytes } from '@cista/board'
import {
  type Group,
  type LinearRelation,
  cellsRelation,
  commitPolynomial,
  decodeCiphertext,
  encodeCiphertext,
  encrypt,
  evaluateCommitments,
  evaluatePolynomial,
  p256,
  partialDecrypt,
  proveBatchable,
  proveCompact,
  provePolynomial,
  publicKey,
  ristretto255 as g,
  samplePolynomial,
  sealCells,
  sign,
  signatureItem,
  verifyBatch,
  verifyBatchable,
  verifyCompact,
  verifyPartialDecryption,
  verifyPolynomial,
  verifyShare,
  verifySignature,
} from '@cista/crypto'
import { decodeCells, encodeCells } from '../../../packages/verifier/src/proofs.js'
import type { Random } from '../random.js'
import { type Target, holds, parser } from '../target.js'
import { otherBytes } from '../values.js'

const range = [RangeError]
const encoded = (bytes: Uint8Array, random: Random, other: Uint8Array) => otherBytes(bytes, random, other)

function elements(group: Group): Target<Uint8Array>[] {
  const points = [1n, 2n, group.order - 1n].map((s) => group.encode(group.mulPublic(group.base, s)))
  const scalars = [0n, 1n, group.order - 1n].map((s) => group.encodeScalar(s))
  const same = (input: Uint8Array, again: Uint8Array) => {
    holds(equalBytes(input, again), 'other bytes read as the same')
    return true
  }
  return [
    parser(
      `${group.name} element`,
      encoded,
      points,
      (input) => same(input, group.encode(group.decode(input))),
      range,
    ),
    parser(
      `${group.name} element or identity`,
      encoded,
      [...points, new Uint8Array(group.elementLength)],
      (input) => same(input, group.encode(group.decodeOrIdentity(input))),
      range,
    ),
    parser(
      `${group.name} scalar`,
      encoded,
      scalars,
      (input) => same(input, group.encodeScalar(group.decodeScalar(input))),
      range,
    ),
  ]
}

const compactTag = `CISTA fuzz CMPT ${g.suite}`
const tag = `CISTA fuzz DSFS ${g.suite}`

/** Proofs: a changed one, of a changed statement, or of another tag never holds, and verifying never throws. */
function proofs(): Target<Uint8Array>[] {
  const x = g.scalarFromUniform(new Uint8Array(64).fill(5))
  const relation: LinearRelation = {
    elements: [g.base, g.mulPublic(g.base, x)],
    equations: [{ image: [[1, 1n]], terms: [[0, 0, 1n]] }],
  }
  const key = publicKey(x)
  const polynomial = samplePolynomial(2)
  const commitments = commitPolynomial(polynomial)
  const alphas = [2n, 3n].map((s) => g.mulPublic(g.base, s))
  const decrypted = partialDecrypt(x, alphas, tag)
  const form = { cells: 2, sums: [{ cells: [0, 1], weights: [1, 1], max: 1 }] }
  const sealed = sealCells(g.mulPublic(g.base, x), form, [0, 1], tag, { label: 'fuzz', parts: [] })
  const split = (input: Uint8Array, at: number) => [input.subarray(0, at), input.subarray(at)] as const
  const cells = (input: Uint8Array): boolean => {
    const [ciphertexts, proof] = split(input, sealed.ciphertexts.length)
    return verifyBatchable(g, cellsRelation(g.mulPublic(g.base, x), form, ciphertexts), proof, tag)
  }
  const never = (
    name: string,
    sample: Uint8Array,
    verify: (input: Uint8Array) => boolean,
    refusals: Target['refusals'] = [],
  ) =>
    parser(
      name,
      encoded,
      [sample],
      (input) => {
        const accepted = verify(input)
        holds(!accepted || equalBytes(input, sample), 'a changed proof holds')
        return accepted
      },
      refusals,
    )
  return [
    never('batchable proof', proveBatchable(g, relation, [x], tag), (p) =>
      verifyBatchable(g, relation, p, tag),
    ),
    never('compact proof', proveCompact(g, relation, [x], compactTag), (p) =>
      verifyCompact(g, relation, p, compactTag),
    ),
    never('signature', concat(key, sign(x, tag)), (input) => {
      const [by, proof] = split(input, 32)
      const alone = verifySignature(by, tag, proof)
      const batched = accepts(() => verifyBatch(g, [signatureItem(by, tag, proof)]).length === 0)
      holds(alone === batched, 'a batch judges otherwise')
      return alone
    }),
    never('dealing proof', concat(commitments, provePolynomial(polynomial, tag)), (input) =>
      verifyPolynomial(input.subarray(0, 64), tag, input.subarray(64)),
    ),
    never('partial decryption', concat(decrypted.shares, decrypted.proof), (input) => {
      const [shares, proof] = split(input, 64)
      return verifyPartialDecryption(g.mulPublic(g.base, x), alphas, shares, tag, proof)
    }),
    never('ballot proof', concat(sealed.ciphertexts, sealed.proof), cells, range),
    parser(
      'commitments',
      encoded,
      [commitments],
      (input) => {
        const share = evaluatePolynomial(polynomial, 3)
        holds(
          verifyShare(input, 3, share) ===
            g.equals(evaluateCommitments(input, 3), g.mulPublic(g.base, share)),
          '',
        )
        return true
      },
      range,
    ),
  ]
}

function accepts(verify: () => boolean): boolean {
  try {
    return verify()
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

function ciphertexts(): Target<Uint8Array>[] {
  const one = encodeCiphertext(encrypt(g.base, 1n, 7n))
  return [
    parser(
      'ciphertext',
      encoded,
      [one],
      (input) => {
        holds(equalBytes(encodeCiphertext(decodeCiphertext(input)), input), 'other bytes read as the same')
        return true
      },
      range,
    ),
    parser(
      'encrypted sums',
      encoded,
      [one, concat(one, new Uint8Array(64))],
      (input) => {
        if (input.length % 64 !== 0) return false
        holds(equalBytes(encodeCells(decodeCells(input)), input), 'other bytes read as the same')
        return true
      },
      range,
    ),
  ]
}

export const cryptoTargets = (): Target<Uint8Array>[] => [
  ...elements(g),
  ...elements(p256),
  ...ciphertexts(),
  ...proofs(),
]
