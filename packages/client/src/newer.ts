import {
  DecodeError,
  checkpointPath,
  fromUtf8,
  openCheckpoint,
  proveConsistency,
  readRequired,
  verifyConsistency,
} from '@cista/board'
import { policyOf } from '@cista/verifier'
import type { Connection } from './connection.js'
import type { OpenElection } from './election.js'
import { RecordReader } from './reader.js'

/** A reader under the board's present checkpoint, proven to continue the history that the election was opened under. */
export async function newerReader(
  { record }: Connection,
  { definition, reader }: OpenElection,
): Promise<RecordReader> {
  const note = fromUtf8(await readRequired(record, checkpointPath))
  const { checkpoint } = openCheckpoint(note, policyOf(definition))
  const from = reader.checkpoint
  if (checkpoint.size < from.size) throw new DecodeError('checkpoint', 'the board has become shorter')
  const proof = await proveConsistency(record, from.size, checkpoint.size)
  if (!verifyConsistency({ from, to: checkpoint, proof }))
    throw new DecodeError(
      'checkpoint',
      'the board shows another history than before: keep both checkpoints as evidence',
    )
  return new RecordReader(record, definition, checkpoint)
}
