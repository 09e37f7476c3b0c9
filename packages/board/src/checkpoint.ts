// Specification: 05 Checkpoint
// C2SP tlog-checkpoint and tlog-cosignature.
import { concat, fromBase64, hasLoneSurrogate, readU64, toBase64, toHex, u64, utf8 } from './bytes.js'
import { DecodeError, lastTime } from './codec.js'
import { limits } from './limits.js'
import {
  type NoteSignature,
  type VerifierKey,
  ed25519PublicKey,
  parseNote,
  parseVerifierKey,
  sign,
  signNote,
  signatureLine,
  verifierKey,
  verify,
} from './note.js'

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}
export interface Cosignature {
  readonly name: string
  /** Seconds since 1970. */
  readonly time: number
}
/** Whose signatures a checkpoint needs. All keys are C2SP verifier keys; the board key's name is the origin. */
export interface CheckpointPolicy {
  readonly board: string
  readonly witnesses: readonly string[]
  /** How many witnesses at least. */
  readonly quorum: number
}
export interface OpenedCheckpoint {
  readonly checkpoint: Checkpoint
  readonly cosignatures: readonly Cosignature[]
}

export function boardKey(seed: Uint8Array, name: string): string {
  return verifierKey(name, ed25519PublicKey(seed), 1)
}

export function witnessKey(seed: Uint8Array, name: string): string {
  return verifierKey(name, ed25519PublicKey(seed), 4)
}

/** The three lines that are signed. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${toBase64(root)}\n`
}

/** @throws {DecodeError} also on extension lines, which nobody could audit. */
export function parseCheckpoint(body: string, path = 'checkpoint'): Checkpoint {
  if (hasLoneSurrogate(body)) throw new DecodeError(path, 'lone surrogate')
  const [origin = '', size = '', root = '', end, ...more] = body.split('\n')
  if (end !== '' || more.length > 0) throw new DecodeError(path, 'not three lines')
  if (origin === '' || utf8(origin).length > limits.originBytes)
    throw new DecodeError(path, 'origin empty or too long')
  return {
    origin,
    size: parseDecimal(size, limits.entries, `${path} size`),
    root: parseHash(root, `${path} root`),
  }
}

/** @throws {DecodeError} unless `text` is a decimal up to `max` without leading zeros. */
export function parseDecimal(text: string, max: number, path: string): number {
  if (!/^(0|[1-9][0-9]{0,15})$/.test(text) || Number(text) > max)
    throw new DecodeError(path, `not a number up to ${max}`)
  return Number(text)
}

/** @throws {DecodeError} unless `text` is 32 bytes in base64. */
export function parseHash(text: string, path: string): Uint8Array {
  let hash
  try {
    hash = fromBase64(text)
  } catch (error) {
    throw new DecodeError(path, (error as Error).message)
  }
  if (hash.length !== 32) throw new DecodeError(path, 'not 32 bytes')
  return hash
}

/** @param seed the board's Ed25519 seed, 32 bytes. @param name the origin. */
export function signCheckpoint(checkpoint: Checkpoint, seed: Uint8Array, name: string): string {
  return signNote(formatCheckpoint(checkpoint), { name, secret: seed })
}

const cosigned = (body: string, time: number): Uint8Array => utf8(`cosignature/v1\ntime ${time}\n${body}`)

/** What a witness answers: its signature line, newline included. @param time seconds since 1970. */
export function cosignatureLine(note: string, seed: Uint8Array, name: string, time: number): string {
  const signature = sign(cosigned(parseNote(note).body, time), seed)
  return signatureLine(name, 4, ed25519PublicKey(seed), concat(u64(time), signature))
}

/** The note with a witness's line added. */
export function cosign(note: string, seed: Uint8Array, name: string, time: number): string {
  return addSignatureLines(note, cosignatureLine(note, seed, name, time))
}

/** The note with the lines that a witness sent. @throws {DecodeError} unless the whole is a note with the same text. */
export function addSignatureLines(note: string, lines: string): string {
  const { body } = parseNote(note)
  const longer = note + lines
  if (parseNote(longer).body !== body) throw new DecodeError('note', 'not signature lines')
  return longer
}

/**
 * Verifies every line of a checkpoint: the board's first, then at least `quorum` witnesses'.
 * @throws {DecodeError} also on lines by other keys: C2SP would ignore them, but a record holds no byte that nobody checks.
 */
export function openCheckpoint(
  note: string,
  policy: CheckpointPolicy,
  path = 'checkpoint',
): OpenedCheckpoint {
  const { board, witnesses } = parsePolicy(policy)
  const { body, signatures } = parseNote(note, path)
  const checkpoint = parseCheckpoint(body, path)
  if (checkpoint.origin !== board.name) throw new DecodeError(path, 'not the origin of this board')
  const [first, ...others] = signatures
  if (first === undefined || !isBy(board, first) || !verify(utf8(body), first.bytes, board.key))
    throw new DecodeError(path, 'no valid signature of the board in the first line')
  const cosignatures = others.map((signature, i) => openCosignature(signature, `${path} signature ${i + 2}`))
  if (cosignatures.length < policy.quorum)
    throw new DecodeError(path, `cosigned by ${cosignatures.length} witnesses instead of ${policy.quorum}`)
  return { checkpoint, cosignatures }

  function openCosignature(signature: NoteSignature, at: string): Cosignature {
    const witness = witnesses.find((w) => isBy(w, signature))
    if (witness === undefined) throw new DecodeError(at, 'by an unknown key')
    if (signature.bytes.length !== 72) throw new DecodeError(at, 'not a timestamped signature')
    const time = parseTime(signature.bytes, at)
    if (!verify(cosigned(body, time), signature.bytes.subarray(8), witness.key))
      throw new DecodeError(at, 'wrong signature')
    return { name: witness.name, time }
  }
}

const isBy = (key: VerifierKey, signature: NoteSignature): boolean =>
  key.name === signature.name && key.id === signature.id

function parseTime(bytes: Uint8Array, path: string): number {
  let time
  try {
    time = readU64(bytes, 0)
  } catch (error) {
    throw new DecodeError(path, (error as Error).message)
  }
  if (time > lastTime) throw new DecodeError(path, 'a time after the year 9999')
  return time
}

function parsePolicy(policy: CheckpointPolicy): { board: VerifierKey; witnesses: readonly VerifierKey[] } {
  const board = parseVerifierKey(policy.board, 'board key')
  const witnesses = policy.witnesses.map((vkey, i) => parseVerifierKey(vkey, `witness ${i + 1}`))
  if (board.algorithm !== 1) throw new DecodeError('board key', 'not a key for notes')
  if (witnesses.some((w) => w.algorithm !== 4))
    throw new DecodeError('witnesses', 'not a key for cosignatures')
  // A cosignature does not name its witness, so one key under two names would count twice.
  if (new Set([board, ...witnesses].map(({ key }) => toHex(key))).size !== witnesses.length + 1)
    throw new DecodeError('witnesses', 'one key under two names')
  return { board, witnesses }
}
