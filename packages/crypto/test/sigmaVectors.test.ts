import {
  type LinearRelation,
  p256,
  proveBatchable,
  proveCompact,
  serializeRelation,
  verifyBatch,
  verifyBatchable,
  verifyCompact,
} from '@cista/crypto'
import { describe, expect, it } from 'vitest'
import { scalarCount } from '../src/relation.js'
import { DuplexSponge, sessionId } from '../src/sponge.js'
import { reduceUniform } from '../src/uint.js'
import { fromHex, parseRelation, toHex, vectors } from './support.js'

interface Vector {
  Id: string
  BaseId?: string
  Flavor: 'batchable' | 'compact'
  Tag: string
  SessionId: string
  Instance: string
  Witness: string
  NargString: string
  Expected: 'accept' | 'reject'
  Comment: string
}

const good = vectors<Vector[]>('sigma-proofs_Shake128_P256')
const adversarial = vectors<Vector[]>('sigma-proofs-invalid_Shake128_P256')
const g = p256

/** By every verifier we have for the flavour; they must agree. */
function accepted({ Instance, NargString, Tag, Flavor }: Vector): boolean {
  let relation: LinearRelation
  try {
    relation = parseRelation(g, fromHex(Instance))
  } catch (error) {
    expect(error).toBeInstanceOf(RangeError)
    return false
  }
  const proof = fromHex(NargString)
  if (Flavor === 'compact') return verifyCompact(g, relation, proof, Tag)
  const answer = verifyBatchable(g, relation, proof, Tag)
  expect(verifyBatch(g, [{ relation, proof, tag: Tag }])).toEqual(answer ? [] : [0])
  return answer
}

describe('the drafts’ proofs', () => {
  it.each(good)('$Id is accepted', (vector) => {
    expect(toHex(sessionId(new TextEncoder().encode(vector.Tag)))).toBe(vector.SessionId)
    expect(accepted(vector)).toBe(true)
  })

  it.each(good)('$Id comes out byte for byte', ({ Instance, NargString, Tag, Flavor, Witness }) => {
    const relation = parseRelation(g, fromHex(Instance))
    expect(toHex(serializeRelation(g, relation))).toBe(Instance)
    const count = scalarCount(relation)
    const scalars = (hex: string) =>
      Array.from({ length: count }, (_, i) => BigInt(`0x${hex.slice(64 * i, 64 * (i + 1))}`))
    const witness = scalars(Witness)
    const response = scalars(NargString.slice(-64 * count))
    // The vectors hold no nonces, but a response that fixes them: response = nonce + challenge · witness.
    const challenge = challengeOf(relation, Tag, NargString, Flavor, count)
    const nonces = response.map(
      (s, i) => (((s - challenge * (witness[i] ?? 0n)) % g.order) + g.order) % g.order,
    )
    const prove = Flavor === 'compact' ? proveCompact : proveBatchable
    expect(toHex(prove(g, relation, witness, Tag, { nonces: () => nonces }))).toBe(NargString)
  })
})

function challengeOf(
  relation: LinearRelation,
  tag: string,
  narg: string,
  flavour: string,
  count: number,
): bigint {
  if (flavour === 'compact') return BigInt(`0x${narg.slice(0, 64)}`)
  const commitment = fromHex(narg.slice(0, -64 * count))
  const sponge = new DuplexSponge(sessionId(new TextEncoder().encode(tag)))
  return reduceUniform(sponge.absorb(serializeRelation(g, relation)).absorb(commitment).squeeze(48), g.order)
}

describe('the drafts’ attacks', () => {
  it.each(adversarial)('$Id: $Comment', (vector) => {
    expect(accepted(vector)).toBe(vector.Expected === 'accept')
  })

  it('start from proofs that are good', () => {
    const bases = new Set(adversarial.flatMap(({ BaseId }) => BaseId ?? []))
    const known = new Map(
      [...good, ...adversarial.filter(({ Expected }) => Expected === 'accept')].map((v) => [v.Id, v]),
    )
    expect([...bases].filter((id) => !known.has(id))).toEqual([])
  })

  it('are found in a batch among good proofs, and only they', () => {
    const usable = [...good, ...adversarial].filter(
      ({ Flavor, Instance }) => Flavor === 'batchable' && parses(Instance),
    )
    const items = usable.map(({ Instance, NargString, Tag }) => ({
      relation: parseRelation(g, fromHex(Instance)),
      proof: fromHex(NargString),
      tag: Tag,
    }))
    const bad = usable.flatMap(({ Expected }, i) => (Expected === 'reject' ? [i] : []))
    expect(bad.length).toBeGreaterThan(10)
    expect(verifyBatch(g, items)).toEqual(bad)
  })
})

function parses(instance: string): boolean {
  try {
    parseRelation(g, fromHex(instance))
    return true
  } catch {
    return false
  }
}
