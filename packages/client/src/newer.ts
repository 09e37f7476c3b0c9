// Specification: 05 Receipt
import {
  type Checkpoint,
  DecodeError,
  checkpointPath,
  decodeText,
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
export async function newerReader(connection: Connection, election: OpenElection): Promise<RecordReader> {
  const note = decodeText(await readRequired(connection.record, checkpointPath), checkpointPath)
  const { checkpoint } = openCheckpoint(note, policyOf(election.definition))
  await checkContinues(connection, election, checkpoint)
  return new RecordReader(connection.record, election.definition, checkpoint)
}

/** @throws {DecodeError} unless the history that the election was opened under is a beginning of this one. */
export async function checkContinues(
  { record }: Connection,
  { reader: { checkpoint: from } }: OpenElection,
  to: Checkpoint,
): Promise<void> {
  if (to.size < from.size) throw new DecodeError('checkpoint', 'the board has become shorter')
  const proof = await proveConsistency(record, from.size, to.size)
  if (!verifyConsistency({ from, to, proof }))
    throw new DecodeError(
      'checkpoint',
      'the board shows another history than before: keep both checkpoints as evidence',
    )
}
