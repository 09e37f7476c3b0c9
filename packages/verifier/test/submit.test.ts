import { toBase64url, toHex } from '@cista/board'
import { publicKey } from '@cista/crypto'
import { type Payload, encodePayload, submission } from '@cista/protocol'
import { Simulation } from '@cista/testkit'
import { addSignatures, checkSubmission, decodeSubmitted, signSubmission } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const codesOf = (checked: ReturnType<typeof checkSubmission>) =>
  'findings' in checked ? checked.findings.map((f) => `${f.code} at ${f.at}`) : []
const posted = (s: Simulation, payload: Payload, signatures?: { by: string; proof: string }[]) => {
  const bytes = encodePayload(s.definition.codecs, payload.kind, payload.value as never)
  return submission(payload.kind, bytes, signatures ?? s.sign(payload, bytes))
}
const check = (s: Simulation, payload: Payload, signatures?: { by: string; proof: string }[]) =>
  codesOf(checkSubmission(s.course, posted(s, payload, signatures), undefined))
const notice = (s: Simulation): Payload => ({
  kind: 'notice',
  value: { sequence: s.course.phase.nextSequence('administrator'), text: 'News' },
})
const zeros = toBase64url(new Uint8Array(64))

describe('a submission', () => {
  it('is taken where payload, signatures and mathematics are right', () => {
    const s = new Simulation()
    const payload = notice(s)
    expect(checkSubmission(s.course, posted(s, payload), undefined)).toEqual({ payload })
  })

  it('of bytes that are no payload is refused at the place', () => {
    const s = new Simulation()
    const bytes = new TextEncoder().encode('{"sequence":0,"text":1}')
    const decoded = decodeSubmitted(s.definition, submission('notice', bytes, []))
    expect(codesOf(decoded)).toEqual(['ENTRY_PAYLOAD at notice.text'])
    expect(codesOf(checkSubmission(s.course, submission('notice', bytes, []), undefined))).toEqual([
      'ENTRY_PAYLOAD at notice.text',
    ])
  })

  it('is refused where signers are too few, or others', () => {
    const s = new Simulation()
    const payload = notice(s)
    expect(check(s, payload, [])).toEqual(['SIGNATURE_SIGNERS at signatures'])
    expect(check(s, payload, [{ by: 'registrar-1', proof: zeros }])).toEqual([
      'SIGNATURE_SIGNERS at signatures',
    ])
    expect(check(s, payload, [{ by: 'administrator-1', proof: zeros }])).toEqual([
      'SIGNATURE_INVALID at signatures',
    ])
  })

  it('is refused where a dealing is not the one announced, and proves nothing', () => {
    const s = new Simulation().join(1).join(2).join(3)
    const dealt = (value: ReturnType<Simulation['dealing']>): Payload => ({
      kind: 'trustee-dealt',
      value: { ...value, sequence: s.course.phase.nextSequence('trustee', 1) },
    })
    expect(check(s, dealt(s.dealing(1)))).toEqual([])
    // To an election where nobody has joined, nothing was announced.
    expect(check(new Simulation(), dealt(s.dealing(1)))).toEqual(['DEALING_COMMITMENT at trustee-dealt'])
    const other = { ...s.dealing(2), index: 1 }
    expect(check(s, dealt(other))).toEqual([
      'DEALING_COMMITMENT at trustee-dealt',
      'DEALING_PROOF at trustee-dealt',
    ])
  })

  it('is refused where a credential is no key', () => {
    const s = new Simulation().ceremony()
    const good = s.credential(0).key
    const [bad, worse] = ['ff'.repeat(32), '01'.repeat(32)] as const
    const style = s.definition.manifest.styles[0]!.id
    const sequence = s.course.phase.nextSequence('registrar')
    const rolled = (...keys: string[]): Payload => ({
      kind: 'roll',
      value: { credentials: keys.map((key) => ({ key, style, weight: 1 })), sequence },
    })
    expect(check(s, rolled(good))).toEqual([])
    expect(check(s, rolled(good, bad))).toEqual([`ROLL_KEY at credential ${bad}`])
    const changed = (added: string, to: string): Payload => ({
      kind: 'roll-changed',
      value: {
        added: [{ key: added, style, weight: 1 }],
        reason: 'moved',
        rekeyed: [{ from: good, to }],
        removed: [],
        restyled: [],
        reweighted: [],
        sequence,
      },
    })
    const another = toHex(publicKey(7n))
    expect(check(s, changed(another, s.credential(1).key))).toEqual([])
    expect(check(s, changed(worse, bad))).toEqual([
      `ROLL_KEY at credential ${worse}`,
      `ROLL_KEY at credential ${bad}`,
    ])
  })

  it('says no more of a submission whose signatures are false, so that strangers cannot make a server compute', async () => {
    const s = new Simulation().setUp()
    s.cast(0, { question: { kind: 'selection', selected: ['yes'] } }).close()
    const outputs = 2
    const decrypted = (): Payload => ({
      kind: 'decrypted',
      value: {
        index: 1,
        proof: toBase64url(new Uint8Array(32 * (2 + outputs))),
        sequence: s.course.phase.nextSequence('trustee', 1),
        shares: toBase64url(new Uint8Array(32 * outputs)),
      },
    })
    // There is nothing yet to decrypt; when, is for the course to say.
    expect(check(s, decrypted())).toEqual([])
    await s.tally()
    expect(check(s, decrypted(), [{ by: 'trustee-1', proof: zeros }])).toEqual([
      'SIGNATURE_INVALID at signatures',
    ])
    expect(check(s, decrypted())).toEqual(['DECRYPTION_PROOF at decrypted'])
    expect(check(s.decrypt(1), decrypted())).toEqual(['DECRYPTION_PROOF at decrypted'])
  })

  it('of a ballot is verified against the opened election, where there is one', () => {
    const s = new Simulation().setUp()
    const { payload } = s.seal(0, { question: { kind: 'selection', selected: ['yes'] } })
    const { context, definition } = s.ballotElection
    const voter = { by: 'credential', secret: s.credential(0).secret }
    const { signatures } = signSubmission(definition.id, 'ballot', payload, [voter])
    const ballot = (signed = signatures) => submission('ballot', payload, signed)
    expect(codesOf(checkSubmission(s.course, ballot(), context))).toEqual([])
    expect(codesOf(checkSubmission(s.course, ballot([]), context))).toEqual(['BALLOT_SIGNATURE at signature'])
    expect(codesOf(checkSubmission(s.course, ballot([]), undefined))).toEqual([])
  })
})

describe('signatures that are added', () => {
  const s = new Simulation({ manifest: {} })
  const { id } = s.definition
  const bytes = new TextEncoder().encode('{}')
  const secret = (i: number) => s.keys.trustees[i]!.secret
  const by = (name: string, i = 0) => ({ by: name, secret: secret(i) })
  const names = (signatures: readonly { by: string }[]) => signatures.map((signature) => signature.by)

  it('stand in the order of an entry, whoever signs first', () => {
    const second = signSubmission(id, 'notice', bytes, [by('administrator-2')])
    const all = addSignatures(id, second, [by('administrator-10'), by('administrator-1')])
    expect(names(all.signatures)).toEqual(['administrator-1', 'administrator-2', 'administrator-10'])
    expect(all).toMatchObject({ kind: 'notice', payload: bytes, hash: second.hash })
    const forward = signSubmission(id, 'notice', bytes, [by('administrator-1'), by('administrator-2')])
    expect(names(forward.signatures)).toEqual(['administrator-1', 'administrator-2'])
  })

  it('replace the earlier one of the same signer, and no other', () => {
    const both = signSubmission(id, 'notice', bytes, [by('administrator-1', 0), by('administrator-2', 1)])
    const again = addSignatures(id, both, [by('administrator-1', 2)])
    expect(names(again.signatures)).toEqual(['administrator-1', 'administrator-2'])
    expect(again.signatures[0]).not.toEqual(both.signatures[0])
    expect(again.signatures[1]).toEqual(both.signatures[1])
    const mixed = addSignatures(id, both, [by('administrator-1', 2), by('administrator-3', 2)])
    expect(names(mixed.signatures)).toEqual(['administrator-1', 'administrator-2', 'administrator-3'])
    const more = addSignatures(id, both, [by('administrator-3', 2), by('administrator-4', 2)])
    expect(more.signatures.slice(0, 2)).toEqual(both.signatures)
    expect(more.signatures).toHaveLength(4)
  })

  it('of a credential have no number', () =>
    expect(names(signSubmission(id, 'ballot', bytes, [by('credential')]).signatures)).toEqual(['credential']))
})
