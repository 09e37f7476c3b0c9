// Specification: 05 Checkpoint
// C2SP signed-note: text signed by one or more keys.
import { ed25519 } from '@noble/curves/ed25519.js'
import { concat, fromBase64, hasLoneSurrogate, toBase64, toHex, utf8 } from './bytes.js'
import { DecodeError } from './codec.js'
import { sha256 } from './hash.js'
import { limits } from './limits.js'

/** 1: Ed25519 over the note's text. 4: a timestamped cosignature (C2SP tlog-cosignature). */
export type NoteAlgorithm = 1 | 4
export interface VerifierKey {
  readonly name: string
  /** 8 hexadecimal digits. */
  readonly id: string
  readonly algorithm: NoteAlgorithm
  readonly key: Uint8Array
}
export interface NoteSignature {
  readonly name: string
  readonly id: string
  /** Everything after the key id. */
  readonly bytes: Uint8Array
}
export interface Note {
  /** The signed text with its final newline. */
  readonly body: string
  readonly signatures: readonly NoteSignature[]
}

// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u0009\u000b-\u001f]/

/** The 32-byte Ed25519 public key of a 32-byte seed. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed)
}

function keyIdOf(name: string, algorithm: NoteAlgorithm, key: Uint8Array): Uint8Array {
  return sha256(concat(utf8(name), Uint8Array.of(10, algorithm), key)).slice(0, 4)
}

/** `<name>+<key id>+<algorithm and key>`. @throws {RangeError} on a name that is not ASCII or has a space or plus. */
export function verifierKey(name: string, publicKey: Uint8Array, algorithm: NoteAlgorithm = 1): string {
  if (!isKeyName(name)) throw new RangeError('not a key name')
  return `${name}+${toHex(keyIdOf(name, algorithm, publicKey))}+${toBase64(concat(Uint8Array.of(algorithm), publicKey))}`
}

/** C2SP allows any character but spaces and plus; names here are shown, compared and typed, so they are ASCII. */
export const isKeyName = (name: string): boolean => /^[!-*,-~]+$/.test(name)

/** @throws {DecodeError} also where the id is not the key's, or the key is no point of the prime-order kind that may sign. */
export function parseVerifierKey(vkey: string, path = 'verifier key'): VerifierKey {
  // Base64 has a plus among its digits, so only the first two plus signs separate.
  const [, name = '', id, material = ''] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/su.exec(vkey) ?? []
  if (id === undefined || !isKeyName(name)) throw new DecodeError(path, 'not <name>+<id>+<key>')
  const bytes = decodeBase64(material, path)
  const [algorithm] = bytes
  if (algorithm !== 1 && algorithm !== 4) throw new DecodeError(path, 'unknown algorithm')
  const key = bytes.slice(1)
  if (!isSafeKey(key)) throw new DecodeError(path, 'not an Ed25519 public key')
  if (toHex(keyIdOf(name, algorithm, key)) !== id)
    throw new DecodeError(path, 'the id is not that of the key')
  return { name, id, algorithm, key }
}

function isSafeKey(key: Uint8Array): boolean {
  try {
    return !ed25519.Point.fromBytes(key).isSmallOrder()
  } catch {
    return false
  }
}

function decodeBase64(text: string, path: string): Uint8Array {
  try {
    return fromBase64(text)
  } catch (error) {
    throw new DecodeError(path, (error as Error).message)
  }
}

export function sign(message: Uint8Array, seed: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed)
}

/** RFC 8032 §5.1.7 without the leniency of ZIP 215: one answer everywhere. Never throws. */
export function verify(message: Uint8Array, signature: Uint8Array, key: Uint8Array): boolean {
  try {
    return ed25519.verify(signature, message, key, { zip215: false })
  } catch {
    return false
  }
}

/** A line `— <name> <id and signature>` with its newline. */
export function signatureLine(
  name: string,
  algorithm: NoteAlgorithm,
  publicKey: Uint8Array,
  signature: Uint8Array,
): string {
  return `— ${name} ${toBase64(concat(keyIdOf(name, algorithm, publicKey), signature))}\n`
}

/** @param body ends with a newline. @param signer `secret` is the 32-byte Ed25519 seed. */
export function signNote(
  body: string,
  signer: { readonly name: string; readonly secret: Uint8Array },
): string {
  if (!body.endsWith('\n') || control.test(body)) throw new RangeError('not the text of a note')
  if (!isKeyName(signer.name)) throw new RangeError('not a key name')
  const publicKey = ed25519PublicKey(signer.secret)
  return `${body}\n${signatureLine(signer.name, 1, publicKey, sign(utf8(body), signer.secret))}`
}

/** Form only: no signature is verified. @throws {DecodeError} also on two lines of one key. */
export function parseNote(text: string, path = 'note'): Note {
  if (hasLoneSurrogate(text)) throw new DecodeError(path, 'lone surrogate')
  if (utf8(text).length > limits.noteBytes)
    throw new DecodeError(path, `longer than ${limits.noteBytes} bytes`)
  if (control.test(text)) throw new DecodeError(path, 'control character')
  const blank = text.lastIndexOf('\n\n')
  if (blank < 0) throw new DecodeError(path, 'no blank line before the signatures')
  const lines = text.slice(blank + 2).split('\n')
  if (lines.pop() !== '' || lines.length === 0)
    throw new DecodeError(path, 'no signature line, or one without its newline')
  if (lines.length > limits.noteSignatures) throw new DecodeError(path, 'too many signatures')
  const signatures = lines.map((line, i) => parseSignatureLine(line, `${path} signature ${i + 1}`))
  const keys = new Set(signatures.map(({ name, id }) => `${name}+${id}`))
  if (keys.size !== signatures.length) throw new DecodeError(path, 'two signatures by one key')
  return { body: text.slice(0, blank + 1), signatures }
}

function parseSignatureLine(line: string, path: string): NoteSignature {
  const [, name = '', base64 = ''] = /^— ([^ ]+) ([^ ]+)$/u.exec(line) ?? []
  if (!isKeyName(name)) throw new DecodeError(path, 'not "— <key name> <base64>"')
  const bytes = decodeBase64(base64, path)
  if (bytes.length < 5) throw new DecodeError(path, 'too short')
  return { name, id: toHex(bytes.subarray(0, 4)), bytes: bytes.slice(4) }
}
