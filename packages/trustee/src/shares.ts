// Specification: 08 The election key
import { fromBase64url, fromUtf8 } from '@cista/board'
import { type Scalar, ristretto255 as g, verifyShare } from '@cista/crypto'
import { type Attempt, shareFileBytes } from '@cista/protocol'
import { Decrypter, Encrypter } from 'age-encryption'

/** Bytes behind the header: a nonce of 16, a share of 32 and its tag of 16. */
const body = 64
const line = '[A-Za-z0-9+/]{43}\\n'
/** One X25519 stanza and nothing else (C2SP age). */
const header = new RegExp(`^age-encryption\\.org/v1\\n-> X25519 ${line}${line}--- ${line}$`)

export type Opened = { readonly share: Scalar } | { readonly why: string }

/** @returns an age file of `shareFileBytes`; undefined for a recipient that is none. */
export async function sealShare(share: Scalar, recipient: string): Promise<Uint8Array | undefined> {
  const encrypter = new Encrypter()
  let file: Uint8Array
  try {
    encrypter.addRecipient(recipient)
    file = await encrypter.encrypt(g.encodeScalar(share))
  } catch {
    return undefined
  }
  if (file.length !== shareFileBytes) throw new Error('an age file of an unexpected length')
  return file
}

/**
 * The share that a dealer gave to trustee `index`, or what is wrong with it. Whoever confirms and whoever judges a complaint
 * decides by this one function, so that both come to the same verdict.
 * @param commitments the dealer's, accepted with their proof.
 */
export async function openShare(
  file: Uint8Array,
  identity: string,
  commitments: Uint8Array,
  index: number,
): Promise<Opened> {
  if (file.length !== shareFileBytes || !hasHeader(file))
    return { why: 'is not an age file for one recipient' }
  const decrypter = new Decrypter()
  let bytes: Uint8Array
  try {
    decrypter.addIdentity(identity)
    bytes = await decrypter.decrypt(file)
  } catch {
    return { why: 'cannot be opened by the one it is for' }
  }
  let share: Scalar
  try {
    share = g.decodeScalar(bytes)
  } catch {
    return { why: 'is not a number of the right form' }
  }
  return verifyShare(commitments, index, share) ? { share } : { why: 'does not fit the commitments' }
}

function hasHeader(file: Uint8Array): boolean {
  try {
    return header.test(fromUtf8(file.subarray(0, file.length - body)))
  } catch {
    return false
  }
}

/** The share of trustee `index` from one dealer of an attempt in which all have dealt. */
export function openDealt(
  attempt: Attempt,
  dealer: number,
  index: number,
  identity: string,
): Promise<Opened> {
  const { commitments, shares } = attempt.dealt.get(dealer)!
  return openShare(fromBase64url(shares[index - 1]!), identity, fromBase64url(commitments), index)
}

export type Received =
  | { readonly share: Scalar }
  | { readonly faults: readonly { readonly dealer: number; readonly why: string }[] }

/** x_j: the sum of the shares that all dealers gave to trustee `index`, each verified; or every dealer whose share is wrong. */
export async function receiveShares(attempt: Attempt, index: number, identity: string): Promise<Received> {
  const faults: { dealer: number; why: string }[] = []
  let share = 0n
  for (const dealer of [...attempt.dealt.keys()].sort((a, b) => a - b)) {
    const opened = await openDealt(attempt, dealer, index, identity)
    if ('why' in opened) faults.push({ dealer, why: opened.why })
    else share = (share + opened.share) % g.order
  }
  return faults.length === 0 ? { share } : { faults }
}
