import { type Signature, payloadHash, toBase64url, utf8 } from '@cista/board'
import { type Scalar, sign } from '@cista/crypto'
import { type Payload, type PayloadOf, signatureTag } from '@cista/protocol'
import type { Simulation } from '../simulation.js'
import { type Attack, type Attacker, after, bend, change, resign, slip } from './attack.js'
import { quorums, smallest, yes } from './elections.js'

/** Signs as `by` with any secret, for any kind. */
const signed = (
  s: Simulation,
  by: string,
  secret: Scalar,
  kind: string,
  bytes: Uint8Array,
  id = s.definition.id,
): Signature => ({
  by,
  proof: toBase64url(sign(secret, signatureTag(id, kind, by, payloadHash(bytes)))),
})
const notice = (s: Simulation, text = 'Polls are busy.'): Payload => ({
  kind: 'notice',
  value: { sequence: s.course.phase.nextSequence('administrator'), text },
})
const administrator = (s: Simulation) => s.keys.administrators[0]!.secret
const registrar = (s: Simulation) => s.keys.registrars[0]!.secret

/** Behind `opened`, bytes that the course of the election knows nothing of. */
const strange = (kind: string, text: string): Attacker =>
  after('opened', (s) => {
    const bytes = utf8(text)
    s.append(kind, bytes, [signed(s, 'administrator-1', administrator(s), kind, bytes)])
  })
/** Behind `opened`, a notice with other signatures than it needs. */
const badlySigned = (sign: (s: Simulation, bytes: Uint8Array) => readonly Signature[]): Attacker =>
  after('opened', (s) => slip(s, notice(s), (_, bytes) => sign(s, bytes)))

const payloads: readonly Attack[] = [
  bend('ENTRY_KIND', 'a kind of entry that nobody knows', smallest, strange('gossip', '{}')),
  bend(
    'ENTRY_PAYLOAD',
    'a payload with a space in it',
    smallest,
    strange('notice', '{"sequence":0, "text":"Hello"}'),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a payload with a key twice',
    smallest,
    strange('notice', '{"sequence":0,"sequence":0,"text":"Hello"}'),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a payload with keys in another order',
    smallest,
    strange('notice', '{"text":"Hello","sequence":0}'),
  ),
  bend('ENTRY_PAYLOAD', 'a payload that is no JSON at all', smallest, strange('notice', 'Hello')),
  bend('ENTRY_PAYLOAD', 'a payload nested without end', smallest, strange('notice', '['.repeat(16_000))),
  bend(
    'ENTRY_PAYLOAD',
    'a number that JSON would round',
    smallest,
    strange('notice', '{"sequence":9007199254740993,"text":"Hello"}'),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a payload longer than its kind may be',
    smallest,
    strange('notice', `{"sequence":0,"text":"${'a'.repeat(16_400)}"}`),
  ),
  bend('ENTRY_PAYLOAD', 'a ballot for another election', smallest, {
    ...after('opened', (s) => {
      const text = new TextDecoder().decode(s.seal(1, { question: yes }).payload)
      const bytes = utf8(text.replace(s.definition.id, '0'.repeat(64)))
      s.append('ballot', bytes, [signed(s, 'credential', s.credential(1).secret, 'ballot', bytes)])
    }),
    ...countsOneMore(),
  }),
  bend('ENTRY_PAYLOAD', 'a ballot with one contest too many', smallest, {
    ...after('opened', (s) => {
      const value = JSON.parse(
        new TextDecoder().decode(s.seal(1, { question: yes }).payload),
      ) as PayloadOf<'ballot'>
      const text = JSON.stringify({ ...value, contests: [...value.contests, ...value.contests] })
      const bytes = utf8(text)
      s.append('ballot', bytes, [signed(s, 'credential', s.credential(1).secret, 'ballot', bytes)])
    }),
    ...countsOneMore(),
  }),
  bend(
    'ENTRY_PAYLOAD',
    'a dealing of a higher degree than the threshold',
    smallest,
    after('trustee-dealt', (s) => {
      const { bytes } = s.log.at(-1)!
      const value = JSON.parse(new TextDecoder().decode(bytes)) as PayloadOf<'trustee-dealt'>
      const longer = utf8(
        JSON.stringify({ ...value, commitments: value.commitments + 'A'.repeat(43), sequence: 2 }),
      )
      s.append('trustee-dealt', longer, [
        signed(s, 'trustee-1', s.keys.trustees[0]!.secret, 'trustee-dealt', longer),
      ])
    }),
  ),
]

/** `closed` counts a ballot that the simulation has not seen. */
function countsOneMore(): Pick<Attacker, 'edit'> {
  const { edit } = change('closed', (value) => ({ ...value, ballots: value.ballots + 1 }))
  return { edit }
}

const signatures: readonly Attack[] = [
  bend(
    'SIGNATURE_SIGNERS',
    'nobody’s signature',
    smallest,
    badlySigned(() => []),
  ),
  bend(
    'SIGNATURE_SIGNERS',
    'a registrar where an administrator must sign',
    smallest,
    badlySigned((s, bytes) => [signed(s, 'registrar-1', registrar(s), 'notice', bytes)]),
  ),
  bend(
    'SIGNATURE_SIGNERS',
    'one administrator twice where two must sign',
    quorums,
    badlySigned((s, bytes) => {
      const one = signed(s, 'administrator-1', administrator(s), 'notice', bytes)
      return [one, one]
    }),
  ),
  bend(
    'SIGNATURE_SIGNERS',
    'one administrator where two must sign',
    quorums,
    badlySigned((s, bytes) => [
      signed(s, 'administrator-2', s.keys.administrators[1]!.secret, 'notice', bytes),
    ]),
  ),
  bend(
    'SIGNATURE_SIGNERS',
    'an administrator whom the manifest does not have',
    smallest,
    badlySigned((s, bytes) => [signed(s, 'administrator-3', administrator(s), 'notice', bytes)]),
  ),
  bend(
    'SIGNATURE_SIGNERS',
    'a trustee’s dealing signed by another trustee',
    smallest,
    resign('trustee-dealt', (s, bytes) => [
      signed(s, 'trustee-2', s.keys.trustees[1]!.secret, 'trustee-dealt', bytes),
    ]),
  ),
  bend(
    'SIGNATURE_SIGNERS',
    'one trustee twice',
    smallest,
    resign('trustee-joined', (s, bytes) => {
      const one = signed(s, 'trustee-1', s.keys.trustees[0]!.secret, 'trustee-joined', bytes)
      return [one, one]
    }),
  ),
  bend(
    'SIGNATURE_SIGNERS',
    'a signature on what follows from the record',
    smallest,
    resign('tallied', (s, bytes) => [signed(s, 'administrator-1', administrator(s), 'tallied', bytes)]),
  ),
  bend(
    'SIGNATURE_INVALID',
    'another’s key in an administrator’s name',
    smallest,
    badlySigned((s, bytes) => [signed(s, 'administrator-1', registrar(s), 'notice', bytes)]),
  ),
  bend(
    'SIGNATURE_INVALID',
    'one administrator under two names',
    quorums,
    badlySigned((s, bytes) =>
      [1, 2].map((i) => signed(s, `administrator-${i}`, administrator(s), 'notice', bytes)),
    ),
  ),
  bend(
    'SIGNATURE_INVALID',
    'a signature for another kind of entry',
    smallest,
    badlySigned((s, bytes) => [signed(s, 'administrator-1', administrator(s), 'aborted', bytes)]),
  ),
  bend(
    'SIGNATURE_INVALID',
    'a signature from another election',
    smallest,
    badlySigned((s, bytes) => [
      signed(s, 'administrator-1', administrator(s), 'notice', bytes, '00'.repeat(32)),
    ]),
  ),
  bend(
    'SIGNATURE_INVALID',
    'a signature on another payload',
    smallest,
    badlySigned((s, bytes) => [signed(s, 'administrator-1', administrator(s), 'notice', bytes.slice(1))]),
  ),
  bend(
    'SIGNATURE_INVALID',
    'a signature of the wrong length',
    smallest,
    badlySigned(() => [{ by: 'administrator-1', proof: 'AAAA' }]),
  ),
  bend(
    'SIGNATURE_INVALID',
    'the roll signed by somebody else',
    smallest,
    resign('roll', (s, bytes) => [signed(s, 'registrar-1', administrator(s), 'roll', bytes)]),
  ),
]

export const entryAttacks: readonly Attack[] = [...payloads, ...signatures]
