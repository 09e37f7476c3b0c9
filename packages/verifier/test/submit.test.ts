import { toBase64url } from '@cista/board'
import { encodePayload, submission } from '@cista/protocol'
import { Simulation } from '@cista/testkit'
import { checkSubmission } from '@cista/verifier'
import { expect, it } from 'vitest'

it('says no more of a submission whose signatures are false, so that strangers cannot make a server compute', async () => {
  const s = new Simulation().setUp()
  s.cast(0, { question: { kind: 'selection', selected: ['yes'] } }).close()
  await s.tally()
  const outputs = 2
  const value = {
    index: 1,
    proof: toBase64url(new Uint8Array(32 * (2 + outputs))),
    sequence: s.course.phase.nextSequence('trustee', 1),
    shares: toBase64url(new Uint8Array(32 * outputs)),
  }
  const payload = encodePayload(s.definition.codecs, 'decrypted', value)
  const by = (proof: Uint8Array) => [{ by: 'trustee-1', proof: toBase64url(proof) }]
  const codesOf = (signatures: { by: string; proof: string }[]) => {
    const checked = checkSubmission(s.course, submission('decrypted', payload, signatures), undefined)
    return 'findings' in checked ? checked.findings.map((f) => f.code) : []
  }
  expect(codesOf(by(new Uint8Array(64)))).toEqual(['SIGNATURE_INVALID'])
  const good = s.sign({ kind: 'decrypted', value }, payload)
  expect(codesOf([...good])).toEqual(['DECRYPTION_PROOF'])
})
