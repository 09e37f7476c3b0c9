import { toBase64url } from '@cista/board'
import { type Payload, encodePayload, submission } from '@cista/protocol'
import { Simulation, testKey, votingElection } from '@cista/testkit'
import { authoritySignatures, falseClaims, signSubmission } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const keysOf = (role: string, n: number) =>
  Array.from({ length: n }, (_, i) => ({ key: testKey(`${role} ${i + 1}`).key, name: `${role} ${i + 1}` }))
// Different numbers and quorums for each role, so that one cannot pass for another.
const s = new Simulation({
  manifest: {
    administrators: { keys: keysOf('administrator', 4), quorum: 3 },
    registrars: { keys: keysOf('registrar', 2), quorum: 2 },
  },
  resign: () => [],
})
const { id, manifest } = s.definition
const proof = toBase64url(new Uint8Array(64))
const claimed = (payload: Payload, ...names: string[]) =>
  authoritySignatures(
    id,
    manifest,
    payload,
    'ab'.repeat(32),
    names.map((by) => ({ by, proof })),
    'entry 9',
  )
const why = (payload: Payload, ...names: string[]) => {
  const signed = claimed(payload, ...names)
  return 'why' in signed ? signed.why : signed.claims.map((claim) => claim.key)
}
const notice: Payload = { kind: 'notice', value: { sequence: 1, text: 'News' } }
const roll: Payload = { kind: 'roll', value: { credentials: [], sequence: 0 } }
const confirmed: Payload = {
  kind: 'trustee-confirmed',
  value: { attempt: 1, dealt: 'ab'.repeat(32), index: 2, sequence: 2 },
}
const keys = (set: readonly { readonly key: string }[]) => set.map(({ key }) => key)

describe('signers', () => {
  it('of an administrators’ payload are administrators, as many as the quorum or more', () => {
    const all = keys(manifest.administrators.keys)
    expect(why(notice, 'administrator-1', 'administrator-3', 'administrator-4')).toEqual([
      all[0],
      all[2],
      all[3],
    ])
    expect(why(notice, 'administrator-1', 'administrator-2', 'administrator-3', 'administrator-4')).toEqual(
      all,
    )
    expect(why(notice, 'administrator-1', 'administrator-4')).toBe(
      '2 signatures of administrators, 3 are needed',
    )
  })

  it('of a registrars’ payload are registrars', () => {
    expect(why(roll, 'registrar-1', 'registrar-2')).toEqual(keys(manifest.registrars.keys))
    expect(why(roll, 'registrar-1')).toBe('1 signatures of registrars, 2 are needed')
  })

  it('of a trustee’s payload is this trustee alone', () => {
    expect(why(confirmed, 'trustee-2')).toEqual([manifest.trustees[1]!.key])
    expect(why(confirmed)).toBe('0 signatures of trustees, 1 are needed')
    expect(why(confirmed, 'trustee-2', 'trustee-2')).toMatch(/twice/)
  })

  it.each([
    [notice, 'registrar-1'],
    [notice, 'administrator-5'],
    [notice, 'administrator-0'],
    [notice, 'credential'],
    [roll, 'administrator-1'],
    [roll, 'registrar-3'],
    [confirmed, 'trustee-1'],
    [confirmed, 'administrator-1'],
  ])('of %j are not “%s”', (payload, by) =>
    expect(why(payload, by)).toBe(`signed by “${by}”, who does not sign ${payload.kind}`),
  )

  it('stand once and in order', () => {
    expect(why(notice, 'administrator-1', 'administrator-1', 'administrator-2')).toMatch(
      /“administrator-1” twice/,
    )
    expect(why(notice, 'administrator-2', 'administrator-1', 'administrator-3')).toMatch(
      /“administrator-1” twice or out/,
    )
  })

  it('are none where an entry follows from the record', () => {
    const closed: Payload = { kind: 'closed', value: { ballots: 0, checkpoint: 'x', entries: 1 } }
    expect(why(closed)).toEqual([])
    expect(why(closed, 'administrator-1')).toBe('closed follows from the record and is not signed')
  })

  it('of a ballot are no authority', () => {
    const ballot = { kind: 'ballot', value: {} } as unknown as Payload
    expect(claimed(ballot, 'credential')).toEqual({ why: 'not a payload of an authority' })
    expect(claimed(ballot)).toEqual({ why: 'not a payload of an authority' })
  })

  it('are claimed at the place that was named', () => {
    const signed = claimed(confirmed, 'trustee-2')
    expect('claims' in signed && signed.claims.map(({ at, proof: p }) => [at, p])).toEqual([
      ['entry 9', proof],
    ])
  })
})

describe('claims', () => {
  const v = votingElection()
  const payload: Payload = { kind: 'notice', value: { sequence: 5, text: 'News' } }
  const bytes = encodePayload(v.definition.codecs, 'notice', payload.value)
  const { hash, signatures } = submission('notice', bytes, v.sign(payload, bytes))
  const signed = authoritySignatures(
    v.definition.id,
    v.definition.manifest,
    payload,
    hash,
    signatures,
    'here',
  )
  const [good] = 'claims' in signed ? signed.claims : []

  it('that are signatures are not false', () => {
    expect(falseClaims([])).toEqual([])
    expect(falseClaims([good!, good!])).toEqual([])
  })

  it('that are none are told, and only they', () => {
    const named = (at: string, change: Partial<NonNullable<typeof good>>) => ({ ...good!, at, ...change })
    const bad = [
      named('no element', { key: 'ff'.repeat(32) }),
      named('no hex', { key: 'no' }),
      named('another’s key', { key: testKey('another').key }),
      named('another tag', { tag: 'another' }),
      named('no proof', { proof }),
    ]
    const told = falseClaims([good!, bad[2]!, good!, bad[0]!, bad[3]!, bad[1]!, bad[4]!, good!])
    expect(told.map(({ at }) => at).toSorted()).toEqual(bad.map(({ at }) => at).toSorted())
  })

  it('are not blamed for a fault of the program', () =>
    expect(() => falseClaims([{ ...good!, key: undefined as never }])).toThrow(TypeError))

  it('fit what was signed', () => {
    const { secret } = v.keys.administrators[0]!
    const again = signSubmission(v.definition.id, 'notice', bytes, [{ by: 'administrator-1', secret }])
    expect(falseClaims([{ ...good!, proof: again.signatures[0]!.proof }])).toEqual([])
  })
})
