// Specification: 03 The suite
import { concatBytes } from '@noble/hashes/utils.js'
import { ascii } from './bytes.js'
import type { Element, Group, Scalar } from './group.js'
import {
  encodeElements,
  imageOf,
  invalidInstance,
  type LinearRelation,
  mapOf,
  mod,
  scalarCount,
  serializeRelation,
} from './relation.js'
import { hedgedNonces, type Nonces } from './scalars.js'
import { DuplexSponge, sessionId } from './sponge.js'
import { challengeLength, reduceUniform } from './uint.js'

/**
 * Non-interactive proofs of linear relations: draft-irtf-cfrg-sigma-protocols, "Non-interactive Sigma
 * Protocols".
 */

export interface ProveOptions {
  /** Instead of `hedgedNonces`. */
  readonly nonces?: Nonces
  /** map(instance, nonces), for a prover who knows a shorter way than multiplying the relation's elements. */
  readonly commit?: (nonces: readonly Scalar[]) => Element[]
}

/**
 * DSFS: commitment and response travel. CMPT: challenge and response. A proof of one is none of the other.
 */
type Flavour = 'DSFS' | 'CMPT'

/** A batchable proof taken apart, its challenge derived. */
export interface Transcript {
  readonly session: Uint8Array
  readonly statement: Uint8Array
  readonly commitment: readonly Element[]
  readonly challenge: Scalar
  readonly response: readonly Scalar[]
}

/**
 * commitment ‖ response. Whether the witness satisfies the relation is not checked: if not, the proof does
 * not verify.
 *
 * @throws {RangeError} on an invalid instance, a witness of a wrong length, or a tag that names neither
 * flavour nor suite.
 */
export function proveBatchable(
  g: Group,
  r: LinearRelation,
  witness: readonly Scalar[],
  tag: string,
  options: ProveOptions = {},
): Uint8Array {
  const { commitment, response } = prove(g, r, witness, tag, 'DSFS', options)
  return concatBytes(commitment, response)
}

/** challenge ‖ response; else as `proveBatchable`. */
export function proveCompact(
  g: Group,
  r: LinearRelation,
  witness: readonly Scalar[],
  tag: string,
  options: ProveOptions = {},
): Uint8Array {
  const { challenge, response } = prove(g, r, witness, tag, 'CMPT', options)
  return concatBytes(g.encodeScalar(challenge), response)
}

/**
 * VerifyBatchable of the draft, equation by equation; `false` on bytes that are no proof at all, never an
 * error.
 */
export function verifyBatchable(g: Group, r: LinearRelation, proof: Uint8Array, tag: string): boolean {
  const transcript = openBatchable(g, r, proof, tag)
  return transcript !== undefined && holds(g, r, transcript)
}

/** VerifyCompact of the draft; `false` on bytes that are no proof at all, never an error. */
export function verifyCompact(g: Group, r: LinearRelation, proof: Uint8Array, tag: string): boolean {
  const session = sessionOf(g, tag, 'CMPT')
  if (session === undefined || invalidInstance(g, r) !== undefined) return false
  const scalars = decodeScalars(g, proof, scalarCount(r) + 1)
  if (scalars === undefined) return false
  const [challenge = 0n, ...response] = scalars
  const mapped = mapOf(g, r, response, g.mulPublic)
  const commitment = imageOf(g, r).map((image, i) =>
    g.subtract(mapped[i] ?? g.identity, g.mulPublic(image, challenge)),
  )
  if (commitment.some((e) => g.isIdentity(e))) return false
  return challenge === deriveChallenge(g, session, serializeRelation(g, r), encodeElements(g, commitment))
}

/** Everything of VerifyBatchable but the equations; `undefined` if the proof is bad already. */
export function openBatchable(
  g: Group,
  r: LinearRelation,
  proof: Uint8Array,
  tag: string,
): Transcript | undefined {
  const session = sessionOf(g, tag, 'DSFS')
  if (session === undefined || invalidInstance(g, r) !== undefined) return undefined
  const split = g.elementLength * r.equations.length
  const response = decodeScalars(g, proof.subarray(split), scalarCount(r))
  const commitment = decodeElements(g, proof.subarray(0, split), r.equations.length)
  if (commitment === undefined || response === undefined) return undefined
  const statement = serializeRelation(g, r)
  return {
    session,
    statement,
    commitment,
    challenge: deriveChallenge(g, session, statement, proof.subarray(0, split)),
    response,
  }
}

/** The draft's Verifier: commitment + challenge·image = map(response) in every equation. */
function holds(g: Group, r: LinearRelation, { commitment, challenge, response }: Transcript): boolean {
  const mapped = mapOf(g, r, response, g.mulPublic)
  return imageOf(g, r).every((image, i) =>
    g.equals(g.add(commitment[i] ?? g.identity, g.mulPublic(image, challenge)), mapped[i] ?? g.identity),
  )
}

function prove(
  g: Group,
  r: LinearRelation,
  witness: readonly Scalar[],
  tag: string,
  flavour: Flavour,
  options: ProveOptions,
) {
  const session = sessionOf(g, tag, flavour)
  if (session === undefined) throw new RangeError(`the tag must contain ${flavour} and ${g.suite}`)
  const fault = invalidInstance(g, r)
  if (fault !== undefined) throw new RangeError(`not a relation to prove: ${fault}`)
  if (witness.length !== scalarCount(r)) throw new RangeError('witness of a wrong length')
  const nonces = (options.nonces ?? hedgedNonces(g, witness, tag, r))(witness.length)
  if (nonces.length !== witness.length) throw new RangeError('nonces of a wrong number')
  const elements = options.commit?.(nonces) ?? mapOf(g, r, nonces, g.mulSecret)
  if (elements.length !== r.equations.length) throw new RangeError('commitment of a wrong length')
  const commitment = encodeElements(g, elements)
  const challenge = deriveChallenge(g, session, serializeRelation(g, r), commitment)
  const response = witness.map((w, i) => g.encodeScalar(mod((nonces[i] ?? 0n) + w * challenge, g.order)))
  return { commitment, challenge, response: concatBytes(...response) }
}

function deriveChallenge(
  g: Group,
  session: Uint8Array,
  statement: Uint8Array,
  commitment: Uint8Array,
): Scalar {
  const sponge = new DuplexSponge(session).absorb(statement).absorb(commitment)
  return reduceUniform(sponge.squeeze(challengeLength(g.order)), g.order)
}

/** The draft wants flavour and suite in every tag, verbatim. */
function sessionOf(g: Group, tag: string, flavour: Flavour): Uint8Array | undefined {
  return tag.includes(flavour) && tag.includes(g.suite) ? sessionId(ascii(tag)) : undefined
}

function decodeScalars(g: Group, bytes: Uint8Array, count: number): Scalar[] | undefined {
  return decodeList(bytes, g.scalarLength, count, g.decodeScalar)
}

function decodeElements(g: Group, bytes: Uint8Array, count: number): Element[] | undefined {
  return decodeList(bytes, g.elementLength, count, g.decode)
}

function decodeList<T>(
  bytes: Uint8Array,
  width: number,
  count: number,
  decode: (item: Uint8Array) => T,
): T[] | undefined {
  if (bytes.length !== width * count) return undefined
  try {
    return Array.from({ length: count }, (_, i) => decode(bytes.subarray(i * width, (i + 1) * width)))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
