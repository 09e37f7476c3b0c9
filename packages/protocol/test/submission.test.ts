import { DecodeError, fromUtf8, payloadHash, utf8 } from '@cista/board'
import { decodeSubmission, encodeSubmission, limits, submission } from '@cista/protocol'
import { describe, expect, it } from 'vitest'

const payload = utf8('{"a":1}')
const signed = submission('notice', payload, [{ by: 'administrator-1', proof: 'AAAA' }])
const text = fromUtf8(encodeSubmission(signed))
const decode = (json: string) => decodeSubmission(utf8(json))

describe('a submission', () => {
  it('comes back as it was, with the hash of its payload', () => {
    expect(text).toBe(
      '{"kind":"notice","payload":"eyJhIjoxfQ","signatures":[{"by":"administrator-1","proof":"AAAA"}]}',
    )
    expect(decode(text)).toEqual(signed)
    expect(signed.hash).toBe(payloadHash(payload))
    const unsigned = submission('ballot', payload, [])
    expect(decodeSubmission(encodeSubmission(unsigned))).toEqual(unsigned)
  })

  it.each<[what: string, from: string, to: string, message: RegExp]>([
    ['an unknown kind', 'notice', 'gossip', /^submission\.kind: not one of/],
    ['an unknown field', '"kind"', '"id":1,"kind"', /^submission: unknown field "id"/],
    ['a missing field', '"kind":"notice",', '', /^submission\.kind: missing/],
    ['padded base64', 'eyJhIjoxfQ', 'eyJhIjoxfQ==', /^submission\.payload: not base64url/],
    ['base64 of other last bits', 'eyJhIjoxfQ', 'eyJhIjoxfR', /^submission\.payload: not canonical/],
    ['an empty payload', 'eyJhIjoxfQ', '', /^submission\.payload: 0 bytes/],
    ['a nameless signer', 'administrator-1', '', /^submission\.signatures\[0\]\.by: not a role/],
    ['a signer zero', 'administrator-1', 'administrator-0', /^submission\.signatures\[0\]\.by: not a role/],
    ['an empty proof', 'AAAA', '', /^submission\.signatures\[0\]\.proof: 0 bytes/],
    ['another order', '{"kind":"notice",', '{', /missing/],
    ['a space', '"kind":', '"kind": ', /^submission: not in canonical form/],
  ])('is refused with %s', (_, from, to, message) => {
    expect(text).toContain(from)
    expect(() => decode(text.replace(from, to))).toThrow(DecodeError)
    expect(() => decode(text.replace(from, to))).toThrow(message)
  })

  it('has as many signatures as an entry may have, and no more', () => {
    const [one] = signed.signatures
    const of = (n: number) =>
      submission(
        'notice',
        payload,
        Array.from({ length: n }, () => one!),
      )
    expect(decodeSubmission(encodeSubmission(of(256))).signatures).toHaveLength(256)
    expect(() => encodeSubmission(of(257))).toThrow('signatures: 257 items instead of at most 256')
  })

  it('has a payload within the limit of its kind', () => {
    const of = (kind: 'notice' | 'roll', size: number) =>
      decodeSubmission(encodeSubmission(submission(kind, new Uint8Array(size), [])), 'file')
    expect(of('notice', limits.payloadBytes.notice).payload).toHaveLength(limits.payloadBytes.notice)
    expect(of('roll', limits.payloadBytes.notice + 1).kind).toBe('roll')
    expect(() => of('notice', limits.payloadBytes.notice + 1)).toThrow(
      'file.payload: 16385 bytes, at most 16384 are allowed',
    )
  })
})
