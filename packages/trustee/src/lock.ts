import { DecodeError, decodeDocument, encodeDocument } from '@cista/board'
import { Decrypter, Encrypter } from 'age-encryption'
import { type TrusteeState, stateCodec } from './state.js'

export type Unlocked =
  | { readonly state: TrusteeState }
  | { readonly fault: 'passphrase' | 'damaged'; readonly why: string }

/**
 * The state as an age file (C2SP age, scrypt recipient).
 * @param workFactor log2 of scrypt's cost, 1…20; age's own 18 takes about a second and 300 MB.
 */
export async function lockState(
  state: TrusteeState,
  passphrase: string,
  workFactor = 18,
): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(workFactor)
  encrypter.setPassphrase(passphrase)
  return encrypter.encrypt(encodeDocument(stateCodec, state))
}

export async function unlockState(file: Uint8Array, passphrase: string): Promise<Unlocked> {
  const decrypter = new Decrypter()
  decrypter.addPassphrase(passphrase)
  let bytes: Uint8Array
  try {
    bytes = await decrypter.decrypt(file)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return why.startsWith('no identity matched')
      ? { fault: 'passphrase', why: 'wrong passphrase' }
      : { fault: 'damaged', why: `not a file of a trustee, or damaged (${why})` }
  }
  try {
    return { state: decodeDocument(stateCodec, bytes, 'state') }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { fault: 'damaged', why: `not a file of a trustee (${error.path})` }
  }
}
