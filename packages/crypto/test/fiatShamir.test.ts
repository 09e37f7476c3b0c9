import { describe, expect, it } from 'vitest'
import { framed } from '../src/bytes.js'
import { DuplexSponge, sessionId } from '../src/sponge.js'
import { decodeUint, encodeUint, reduceUniform, uintLength } from '../src/uint.js'
import { fromHex, toHex, vectors } from './support.js'

interface Vector {
  Id: string
  Function: string
  Modulus: string
  ByteOrder?: 'big-endian'
  Value: string
  Input: string
  Output: string
  Coordinates?: string[]
  ExtensionDegree?: number
  Challenge: string
  Tag: string
  SessionId: string
  Operations: ({ type: 'absorb'; data: string } | { type: 'squeeze'; length: number })[]
  NumVariables: number
  ClaimedSum: string
  Narg: string
  FinalEvaluation?: string
  Expected?: 'reject'
}

/** What a vector says must come out; RangeError where it says "reject". */
const run: Record<string, (vector: Vector) => void> = {
  SerializeVarLenString: ({ Input, Output }) => expect(toHex(framed(fromHex(Input)))).toBe(Output),
  DeserializeVarLenString: ({ Input }) => void readFramed(fromHex(Input)),
  SerializeUint: ({ Value, Modulus, Output }) =>
    expect(toHex(encodeUint(BigInt(Value), BigInt(Modulus)))).toBe(Output),
  SerializeField: ({ Value, Modulus, ByteOrder, Output }) =>
    expect(
      toHex(encodeUint(BigInt(Value), BigInt(Modulus), ByteOrder === undefined ? 'little' : 'big')),
    ).toBe(Output),
  DeserializeUint: ({ Input, Modulus }) => void decodeUint(fromHex(Input), BigInt(Modulus)),
  DeserializeField: ({ Input, Modulus, ExtensionDegree = 1, Coordinates }) => {
    const read = readField(fromHex(Input), BigInt(Modulus), ExtensionDegree)
    expect(read).toEqual(Coordinates?.map(BigInt))
  },
  DecodeUint: (vector) => {
    const bytes = vector.Operations === undefined ? fromHex(vector.Input) : play(vector)
    expect(reduceUniform(bytes, BigInt(vector.Modulus))).toBe(BigInt(vector.Challenge))
  },
  DuplexSponge: (vector) => void play(vector),
  DeriveSessionID: ({ Tag, Output }) => expect(toHex(sessionId(fromHex(Tag)))).toBe(Output),
  Sumcheck: (vector) => {
    if (vector.Tag !== undefined) expect(toHex(sessionId(fromHex(vector.Tag)))).toBe(vector.SessionId)
    expect(sumcheck(vector)).toBe(BigInt(vector.FinalEvaluation ?? -1))
  },
}

/** All that a vector squeezes; it must be what the vector says. */
function play({ SessionId, Operations, Output }: Vector): Uint8Array {
  const sponge = new DuplexSponge(fromHex(SessionId))
  const squeezed = Operations.flatMap((operation) => {
    if (operation.type === 'squeeze') return [...sponge.squeeze(operation.length)]
    sponge.absorb(fromHex(operation.data))
    return []
  })
  expect(toHex(Uint8Array.from(squeezed))).toBe(Output)
  return Uint8Array.from(squeezed)
}

function readFramed(bytes: Uint8Array): Uint8Array {
  if (bytes.length < 4) throw new RangeError('too short')
  const length = new DataView(bytes.buffer).getUint32(0, true)
  if (bytes.length - 4 < length) throw new RangeError('too short')
  return bytes.subarray(4, 4 + length)
}

function readField(bytes: Uint8Array, modulus: bigint, degree: number): bigint[] {
  const width = uintLength(modulus)
  return Array.from({ length: degree }, (_, i) =>
    decodeUint(bytes.subarray(width * i, width * (i + 1)), modulus),
  )
}

/** SumcheckVerify, the draft's example protocol; the final evaluation. */
function sumcheck({ SessionId, NumVariables, ClaimedSum, Narg, Modulus }: Vector): bigint {
  const p = BigInt(Modulus)
  const narg = fromHex(Narg)
  let sum = BigInt(ClaimedSum)
  const sponge = new DuplexSponge(fromHex(SessionId))
  sponge.absorb(encodeUint(BigInt(NumVariables), 2n ** 32n)).absorb(encodeUint(sum, p))
  const width = 2 * uintLength(p)
  for (let round = 0; round < NumVariables; round++) {
    const message = narg.subarray(round * width, (round + 1) * width)
    const [a0 = 0n, a1 = 0n] = readField(message, p, 2)
    if ((2n * a0 + a1) % p !== sum) throw new RangeError('round does not add up')
    const r =
      BigInt(
        `0x${toHex(
          sponge
            .absorb(message)
            .squeeze(width / 2)
            .reverse(),
        )}`,
      ) % p
    sum = (a0 + a1 * r) % p
  }
  if (narg.length !== NumVariables * width) throw new RangeError('trailing bytes')
  return sum
}

describe.each(['fiatShamirCodecVectors', 'fiatShamirShake128Vectors'])('%s', (name) => {
  it.each(vectors<Vector[]>(name))('$Id', (vector) => {
    const check = run[vector.Function]
    if (check === undefined) throw new Error(`nothing runs ${vector.Function}`)
    if (vector.Expected === 'reject') expect(() => check(vector)).toThrow(RangeError)
    else check(vector)
  })
})

it('refuses a session identifier of another length', () => {
  expect(() => new DuplexSponge(new Uint8Array(31))).toThrow(RangeError)
})
