// Specification: 05 Witnesses
import {
  type Checkpoint,
  DecodeError,
  cosignatureLine,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  readU64,
} from '@cista/board'
import { type WitnessKey, verifierKeyOf } from './key.js'

/** What a witness knows of a board: the checkpoint that it cosigned last. */
export interface Cosigned {
  readonly checkpoint: Checkpoint
  /** Of the cosignature, in seconds since 1970. */
  readonly time: number
  /** The text, the line of the board, that of the witness, and no other. */
  readonly note: string
}

/** @param signed a note that bears only the board's line. */
export function cosignedBy(key: WitnessKey, signed: string, time: number): Cosigned {
  const note = signed + cosignatureLine(signed, key.seed, key.name, time)
  return { checkpoint: parseCheckpoint(parseNote(note).body), time, note }
}

/**
 * Reads a kept note again.
 * @throws {DecodeError} unless every byte is what this witness wrote; the board's line is not looked at, as its key is not known here.
 */
export function readCosigned(note: string, key: WitnessKey, path = 'state'): Cosigned {
  const { signatures } = parseNote(note, path)
  const [board, own, ...more] = signatures
  if (board === undefined || own?.bytes.length !== 72 || more.length > 0)
    throw new DecodeError(path, 'not a line of the board and one of the witness')
  let time
  try {
    time = readU64(own.bytes, 0)
  } catch (error) {
    throw new DecodeError(path, (error as Error).message)
  }
  const lineStart = note.lastIndexOf('\n', note.length - 2) + 1
  // Ed25519 gives one signature for one text, so that writing it again verifies all of it.
  const again = cosignedBy(key, note.slice(0, lineStart), time)
  if (again.note !== note) throw new DecodeError(path, 'not as this witness cosigned it')
  return again
}

/** @throws {DecodeError} unless this board has signed what is kept. */
export function checkBoard({ note, checkpoint }: Cosigned, board: string, key: WitnessKey): void {
  const path = `what is kept of ${checkpoint.origin}`
  openCheckpoint(note, { board, witnesses: [verifierKeyOf(key)], quorum: 1 }, path)
}
