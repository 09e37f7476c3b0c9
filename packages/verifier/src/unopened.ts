// Specification: 10 Following a board
import { DecodeError, parseNote, parseVerifierKey } from '@cista/board'
import type { Definition } from '@cista/protocol'
import type { WatchEvent } from './watchEvents.js'

/** A checkpoint that does not open: somebody else's, or damaged. */
export function unopened(note: string, { manifest }: Definition, { path, why }: DecodeError): WatchEvent {
  const board = parseVerifierKey(manifest.board)
  const signers = signersOf(note)
  const [first] = signers
  if (first !== undefined && !signers.includes(`${board.name}+${board.id}`))
    return { kind: 'second-key', key: first, note }
  return { kind: 'bad-record', findings: [{ code: 'BOARD_CHECKPOINT', at: path, why }] }
}

/** Name and id of each key that has a line; none where it is no note. */
function signersOf(note: string): string[] {
  try {
    return parseNote(note).signatures.map(({ name, id }) => `${name}+${id}`)
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return []
  }
}
