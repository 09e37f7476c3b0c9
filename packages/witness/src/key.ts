// Specification: 05 Witnesses
import { DecodeError, concat, fromBase64, isKeyName, toBase64, witnessKey } from '@cista/board'

/** Name and Ed25519 seed (32 bytes) of a witness. */
export interface WitnessKey {
  readonly name: string
  readonly seed: Uint8Array
}

/** What may become known: the C2SP verifier key. @throws {RangeError} on a name that is not ASCII or has a space or plus. */
export const verifierKeyOf = ({ name, seed }: WitnessKey): string => witnessKey(seed, name)

/** A line of text for a file that only the witness may read: the verifier key's form, with the seed instead of the public key. */
export function formatSecretKey(key: WitnessKey): string {
  const [name, id] = verifierKeyOf(key).split('+', 2)
  return `${prefix}${name}+${id}+${toBase64(concat(Uint8Array.of(algorithm), key.seed))}\n`
}

/** @throws {DecodeError} unless `text` is what `formatSecretKey` gives for some key; the message holds nothing of it. */
export function parseSecretKey(text: string, path = 'key file'): WitnessKey {
  const [, name = '', material = ''] = /^PRIVATE\+KEY\+([^+]+)\+[0-9a-f]{8}\+(\S+)\n$/.exec(text) ?? []
  if (!isKeyName(name)) throw new DecodeError(path, 'not the secret key of a witness')
  let bytes
  try {
    bytes = fromBase64(material)
  } catch {
    throw new DecodeError(path, 'not the secret key of a witness: damaged')
  }
  const key = { name, seed: bytes.slice(1) }
  if (bytes.length !== 33 || formatSecretKey(key) !== text)
    throw new DecodeError(path, 'not the secret key of a witness: damaged')
  return key
}

/** As Go's note package writes a signer's key. */
const prefix = 'PRIVATE+KEY+'
/** Cosignatures (C2SP tlog-cosignature). */
const algorithm = 4
