// Specification: 03 Signatures in entries · 07 Who signs
import type { Manifest } from './manifest.js'
import type { EntryKind } from './payloads.js'

export type Role = 'administrator' | 'registrar' | 'trustee' | 'credential'

/** Who signs each kind of entry; `derived` entries follow from the record and carry no signature. */
export const signers = {
  manifest: 'administrator',
  'trustee-joined': 'trustee',
  'trustee-dealt': 'trustee',
  'trustee-confirmed': 'trustee',
  'trustee-complained': 'trustee',
  'ceremony-restarted': 'administrator',
  roll: 'registrar',
  'roll-sealed': 'registrar',
  opened: 'derived',
  ballot: 'credential',
  'roll-changed': 'registrar',
  cancelled: 'registrar',
  extended: 'administrator',
  'close-requested': 'administrator',
  closed: 'derived',
  reconciled: 'registrar',
  tallied: 'derived',
  decrypted: 'trustee',
  result: 'derived',
  aborted: 'administrator',
  notice: 'administrator',
  'page-changed': 'administrator',
} as const satisfies Record<EntryKind, Role | 'derived'>

/** `administrator-2`: what an entry's signature names; positions count from 1. */
export const signerName = (role: Exclude<Role, 'credential'>, position: number): string =>
  `${role}-${position}`

/** The key that `by` stands for; undefined if the manifest has none. For `credential` see the ballot. */
export function signerKey(manifest: Manifest, by: string): string | undefined {
  const match = /^(administrator|registrar|trustee)-([1-9][0-9]{0,2})$/.exec(by)
  if (match === null) return undefined
  const [, role, position] = match
  const keys =
    role === 'administrator'
      ? manifest.administrators.keys
      : role === 'registrar'
        ? manifest.registrars.keys
        : manifest.trustees
  return keys[Number(position) - 1]?.key
}
