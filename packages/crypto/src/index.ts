export { type BatchItem, verifyBatch } from './batch.js'
export { type CellForm, type CellSum, cellsRelation, proofLength, sealCells, type SealSeed } from './cells.js'
export { combineShares, partialDecrypt, verifyPartialDecryption } from './decryption.js'
export { DiscreteLog, discreteLog, MAX_DISCRETE_LOG } from './discreteLog.js'
export {
  addCiphertexts,
  type Ciphertext,
  decodeCiphertext,
  encodeCiphertext,
  encrypt,
  scaleCiphertext,
  zeroCiphertext,
} from './elgamal.js'
export type { Element, Group, Scalar } from './group.js'
export { ristretto255 } from './groups.js'
export { hkdfSha512, randomBytes, sha256, shake256 } from './hash.js'
export { p256 } from './p256.js'
export {
  commitPolynomial,
  evaluateCommitments,
  evaluatePolynomial,
  lagrangeAtZero,
  provePolynomial,
  samplePolynomial,
  verifyPolynomial,
  verifyShare,
} from './polynomial.js'
export { proveBatchable, proveCompact, type ProveOptions, verifyBatchable, verifyCompact } from './proof.js'
export { type Equation, invalidInstance, type LinearRelation, serializeRelation } from './relation.js'
export { hedgedNonces, type Nonces, randomScalar, scalarStream } from './scalars.js'
export { publicKey, sign, signatureItem, verifySignature } from './signature.js'
