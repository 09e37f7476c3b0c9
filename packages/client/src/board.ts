import {
  DecodeError,
  type RecordSource,
  checkpointPath,
  decodePayloadBundle,
  decodeText,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  payloadHash,
  payloadsPath,
  readRequired,
  widthOf,
} from '@cista/board'
import { type Definition, defineElection } from '@cista/protocol'
import { policyOf } from '@cista/verifier'
import { RecordReader, payloadByHash } from './reader.js'

/** The board of an election, open or not. */
export interface OpenBoard {
  readonly definition: Definition
  /** The manifest's bytes. */
  readonly manifest: Uint8Array
  /** Signed note of the checkpoint under which `reader` reads. */
  readonly checkpoint: string
  readonly reader: RecordReader
}

/** Fetches the manifest (its hash is the id) and a checkpoint that its board key has signed. @throws {DecodeError} */
export async function openBoard(record: RecordSource, id: string): Promise<OpenBoard> {
  // Neither waits for the other: on a slow line every wait counts.
  const [noteBytes, single] = await Promise.all([
    readRequired(record, checkpointPath),
    payloadByHash(record, id),
  ])
  const note = decodeText(noteBytes, checkpointPath)
  const manifest = single ?? (await manifestInBundle())
  const definition = defineElection(manifest)
  const { checkpoint } = openCheckpoint(note, policyOf(definition))
  const reader = new RecordReader(record, definition, checkpoint)
  const first = await reader.read(0)
  if (first.entry.payload !== id) throw new DecodeError('entry 0', 'not the manifest of this election')
  return { definition, manifest, checkpoint: note, reader }

  /** Where only the record's own files are served, payloads come 256 at once. */
  async function manifestInBundle(): Promise<Uint8Array> {
    const width = widthOf(0, 0, parseCheckpoint(parseNote(note).body).size)
    if (width === 0) throw new DecodeError('checkpoint', 'an empty board')
    const path = payloadsPath(0, width)
    const bytes = decodePayloadBundle(await readRequired(record, path), width, path)[0]!
    if (payloadHash(bytes) !== id) throw new DecodeError('manifest', 'this is another election')
    return bytes
  }
}
