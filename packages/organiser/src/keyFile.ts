import {
  DecodeError,
  type Of,
  choice,
  decodeDocument,
  encodeDocument,
  fromHex,
  hex,
  object,
  toHex,
} from '@cista/board'
import { type Scalar, publicKey, randomScalar, ristretto255 } from '@cista/crypto'
import { nameText } from '@cista/protocol'
import { Decrypter, Encrypter } from 'age-encryption'

const keyCodec = object({ name: nameText, role: choice('administrator', 'registrar'), secret: hex(32) })
type StoredKey = Of<typeof keyCodec>

/** An administrator's or a registrar's signing key. */
export interface OrganiserKey {
  readonly name: string
  readonly role: StoredKey['role']
  readonly secret: Scalar
  /** Public key, hex: what stands in the manifest. */
  readonly key: string
}

/** @throws {DecodeError} unless the name can stand in a manifest. */
export function newKey(role: OrganiserKey['role'], name: string): OrganiserKey {
  nameText.decode(name, 'name')
  const secret = randomScalar()
  return { name, role, secret, key: toHex(publicKey(secret)) }
}

/**
 * The key as an age file (C2SP age, scrypt recipient).
 * @param workFactor log2 of scrypt's cost; age's own 18 takes about a second and 300 MB.
 */
export async function lockKey(
  { name, role, secret }: OrganiserKey,
  passphrase: string,
  workFactor: number,
): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(workFactor)
  encrypter.setPassphrase(passphrase)
  const stored: StoredKey = { name, role, secret: toHex(ristretto255.encodeScalar(secret)) }
  return encrypter.encrypt(encodeDocument(keyCodec, stored))
}

export type Unlocked = { readonly key: OrganiserKey } | { readonly why: string }

export async function unlockKey(file: Uint8Array, passphrase: string): Promise<Unlocked> {
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  let bytes: Uint8Array
  try {
    bytes = await decrypter.decrypt(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      why: why.startsWith('no identity matched') ? 'wrong passphrase' : `not a key file, or damaged (${why})`,
    }
  }
  try {
    const { name, role, secret } = decodeDocument(keyCodec, bytes, 'key')
    const scalar = ristretto255.decodeScalar(fromHex(secret))
    return { key: { name, role, secret: scalar, key: toHex(publicKey(scalar)) } }
  } catch (error) {
    if (!(error instanceof DecodeError) && !(error instanceof RangeError)) throw error
    return { why: 'not a key file of an administrator or registrar' }
  }
}
