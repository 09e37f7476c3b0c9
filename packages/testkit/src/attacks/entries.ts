import type { Signature } from '@cista/board'
import type { Payload } from '@cista/protocol'
import type { Simulation } from '../simulation.js'
import { type Attack, type Attacker, after, bend, resign, slip } from './attack.js'
import { quorums, smallest } from './elections.js'
import { payloadAttacks } from './payloads.js'
import { signed } from './signing.js'

const notice = (s: Simulation, text = 'Polls are busy.'): Payload => ({
  kind: 'notice',
  value: { sequence: s.course.phase.nextSequence('administrator'), text },
})
const administrator = (s: Simulation) => s.keys.administrators[0]!.secret
const registrar = (s: Simulation) => s.keys.registrars[0]!.secret

/** Behind `opened`, a notice with other signatures than it needs. */
const badlySigned = (sign: (s: Simulation, bytes: Uint8Array) => readonly Signature[]): Attacker =>
  after('opened', (s) => slip(s, notice(s), (_, bytes) => sign(s, bytes)))

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

export const entryAttacks: readonly Attack[] = [...payloadAttacks, ...signatures]
