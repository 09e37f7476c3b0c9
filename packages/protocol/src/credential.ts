// Specification: 03 Codes and credentials
import { fromHex, sha256, toHex, utf8, concat } from '@cista/board'
import { type Scalar, hkdfSha512, publicKey, ristretto255 } from '@cista/crypto'

/** Crockford's base 32: no I, L, O or U, so that what is read aloud or typed is rarely mistaken. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const randomDigits = 26
const checkDigits = 4
const group = 5

export interface Credential {
  readonly secret: Scalar
  /** Public key, hex: what stands on the roll. */
  readonly key: string
}
export type ParsedCode =
  | { readonly code: string }
  | { readonly fault: 'length' | 'character' | 'checksum'; readonly why: string }

/**
 * A voter's code: 130 random bits and a checksum of 20 over election id and code, in groups of five.
 * @param random at least 26 bytes from a CSPRNG, of which five bits each are used.
 */
export function makeCode(electionId: string, random: Uint8Array): string {
  if (random.length < randomDigits) throw new RangeError('too little randomness for a code')
  const body = Array.from(random.subarray(0, randomDigits), (byte) => alphabet[byte & 31]!).join('')
  return printCode(body + checksum(electionId, body))
}

/** As printed: `XXXXX-XXXXX-…`. */
function printCode(code: string): string {
  return code.match(new RegExp(`.{1,${group}}`, 'g'))!.join('-')
}

/** Accepts spaces, dashes, small letters, and I, L, O for 1, 1, 0. A page of another election refuses the code. */
export function parseCode(electionId: string, typed: string): ParsedCode {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replace(/[IL]/g, '1').replace(/O/g, '0')
  if ([...code].some((c) => !alphabet.includes(c)))
    return { fault: 'character', why: 'a code has digits and letters only, and no U' }
  if (code.length !== randomDigits + checkDigits)
    return {
      fault: 'length',
      why: `a code has ${randomDigits + checkDigits} characters, this has ${code.length}`,
    }
  const body = code.slice(0, randomDigits)
  if (code.slice(randomDigits) !== checksum(electionId, body))
    return { fault: 'checksum', why: 'mistyped, or a code for another election' }
  return { code: printCode(code) }
}

/** @param code from `makeCode` or `parseCode`. Secret key = HKDF-SHA-512(code without dashes, election id), 64 bytes reduced. */
export function credentialOf(electionId: string, code: string): Credential {
  const ikm = utf8(code.replaceAll('-', ''))
  const uniform = hkdfSha512(ikm, fromHex(electionId), utf8('CISTA-V01-credential'), 64)
  const secret = ristretto255.scalarFromUniform(uniform)
  return { secret, key: toHex(publicKey(secret)) }
}

/** The first 20 bits of SHA-256("cista/v1 code\n" ‖ election id ‖ digits). */
function checksum(electionId: string, body: string): string {
  const hash = sha256(concat(utf8('cista/v1 code\n'), fromHex(electionId), utf8(body)))
  const bits = (hash[0]! << 16) | (hash[1]! << 8) | hash[2]!
  return Array.from({ length: checkDigits }, (_, i) => alphabet[(bits >> (19 - 5 * i)) & 31]!).join('')
}
