// Specification: 03 The suite
import { bytesToNumberLE } from '@noble/curves/utils.js'
import { ascii } from './bytes.js'
import type { Element, Group } from './group.js'
import { openBatchable, type Transcript } from './proof.js'
import { elementAt, type LinearRelation, mod } from './relation.js'
import { DuplexSponge, sessionId } from './sponge.js'

/** A batchable proof, what it proves, and what it is bound to. */
export interface BatchItem {
  readonly relation: LinearRelation
  readonly proof: Uint8Array
  readonly tag: string
}

interface Opened {
  readonly index: number
  readonly item: BatchItem
  readonly transcript: Transcript
}

/** Bytes of a coefficient: a false batch passes with probability 2⁻¹²⁸. */
const COEFFICIENT = 16

/**
 * Which of the proofs are bad: their positions, ascending. All good ones cost one multi-scalar
 * multiplication; elements that several relations share count once if they are the same object. After a
 * failure the batch is halved until the bad are found.
 */
export function verifyBatch(g: Group, items: readonly BatchItem[]): readonly number[] {
  const bad: number[] = []
  const opened: Opened[] = []
  items.forEach((item, index) => {
    const transcript = openBatchable(g, item.relation, item.proof, item.tag)
    if (transcript === undefined) bad.push(index)
    else opened.push({ index, item, transcript })
  })
  return [...bad, ...badAmong(g, opened)].sort((a, b) => a - b)
}

function badAmong(g: Group, batch: readonly Opened[]): number[] {
  if (allHold(g, batch)) return []
  if (batch.length === 1) return batch.map(({ index }) => index)
  const middle = batch.length >> 1
  return [...badAmong(g, batch.slice(0, middle)), ...badAmong(g, batch.slice(middle))]
}

/**
 * The draft's "Batch verification": Σ ρ·(commitment + challenge·image − map(response)) over all equations is
 * the identity, with ρ from a sponge that has absorbed all that is summed.
 */
function allHold(g: Group, batch: readonly Opened[]): boolean {
  const sponge = new DuplexSponge(sessionId(ascii('irtf-cfrg-sigma-protocols/batch-verify')))
  for (const { item, transcript } of batch)
    sponge.absorb(transcript.session).absorb(transcript.statement).absorb(item.proof)
  const factors = new Map<Element, bigint>()
  const weigh = (e: Element, factor: bigint) => factors.set(e, (factors.get(e) ?? 0n) + factor)

  for (const { item, transcript } of batch) {
    const { commitment, challenge, response } = transcript
    // Sums per element of this relation first: most are its own, and a list is cheaper than the map.
    const sums = new Array<bigint>(item.relation.elements.length).fill(0n)
    const count = (index: number, factor: bigint) => (sums[index] = (sums[index] ?? 0n) + factor)
    item.relation.equations.forEach(({ image, terms }, i) => {
      const rho = bytesToNumberLE(sponge.squeeze(COEFFICIENT))
      weigh(commitment[i] ?? g.identity, rho)
      const rhoChallenge = (rho * challenge) % g.order
      for (const [index, weight] of image) count(index, rhoChallenge * weight)
      for (const [scalar, index, weight] of terms) count(index, -rho * (response[scalar] ?? 0n) * weight)
    })
    sums.forEach((sum, index) => weigh(elementAt(item.relation, index), mod(sum, g.order)))
  }
  const scalars = Array.from(factors.values(), (factor) => mod(factor, g.order))
  return g.isIdentity(g.msm([...factors.keys()], scalars))
}
