import { DecodeError, openCheckpoint } from '@cista/board'
import type { Element } from '@cista/crypto'
import type { Attempt, Definition } from '@cista/protocol'
import { type BallotContext, dealingFindings, decodeKey, deriveKeys, policyOf } from '@cista/verifier'
import { openBoard } from './board.js'
import type { Connection } from './connection.js'
import type { ProvenEntry, RecordReader } from './reader.js'

/** An election that is open, or was, as its client has verified it; what ballots are made for. */
export interface OpenElection {
  readonly definition: Definition
  /** Election key K, recomputed from the trustees' dealings. */
  readonly key: Element
  readonly context: BallotContext
  /** Signed note of the checkpoint under which all of this was verified. */
  readonly checkpoint: string
  readonly reader: RecordReader
}

/**
 * Fetches the manifest (its hash is the id), the confirmed key ceremony and `opened`, each signed and included under one cosigned
 * checkpoint, and recomputes the election key.
 * @param id as published or printed with the voter's code; the only thing that is trusted.
 * @param board where it is being opened already.
 * @throws {DecodeError} where the server shows anything else; rejects as the connection does where it is out of reach.
 */
export async function openElection(
  connection: Connection,
  id: string,
  board = openBoard(connection.record, id),
): Promise<OpenElection> {
  const [{ definition, manifest, checkpoint, reader }, { ceremony, opened: openedIndex }] = await Promise.all(
    [board, connection.hints.setup()],
  )
  if (openedIndex === null)
    throw new DecodeError(
      'election',
      `voting has not been opened: it was planned to open at ${definition.manifest.schedule.opens}`,
    )
  // Each entry costs some milliseconds, and a server may name as many as it likes.
  const most = 3 * definition.manifest.trustees.length
  if (ceremony.length > most)
    throw new DecodeError(
      'ceremony',
      `${ceremony.length} entries, where trustees join, deal and confirm: ${most}`,
    )
  const [opened, ...entries] = await Promise.all(
    [openedIndex, ...[...ceremony].sort((a, b) => a - b)].map((index) => reader.read(index)),
  )
  if (opened === undefined) throw new Error('an entry was asked for, and none was read')
  const keys = deriveKeys(definition, confirmedAttempt(definition, entries))
  if (opened.payload.kind !== 'opened')
    throw new DecodeError('opened', `entry ${openedIndex} is of another kind`)
  if (keys === undefined || opened.payload.value.key !== keys.key)
    throw new DecodeError('opened', 'not the key that the trustees made')
  const embedded = openCheckpoint(opened.payload.value.checkpoint, policyOf(definition), 'opened.checkpoint')
  if (embedded.checkpoint.size !== openedIndex)
    throw new DecodeError('opened', 'holds the checkpoint of another size')
  return {
    definition,
    key: decodeKey(keys.key),
    context: { manifest, key: keys.key, opening: opened.leaf },
    checkpoint,
    reader,
  }
}

/** All n trustees joined, dealt what they had announced, and confirmed the last dealing, in one attempt. */
function confirmedAttempt(definition: Definition, entries: readonly ProvenEntry[]): Attempt {
  const fail = (why: string): never => {
    throw new DecodeError('ceremony', why)
  }
  const number =
    entries.map(({ payload }) => ('attempt' in payload.value ? payload.value.attempt : 0))[0] ?? 0
  const attempt: Attempt = {
    number,
    joined: new Map(),
    dealt: new Map(),
    confirmed: new Set(),
    lastDealt: '',
  }
  for (const { payload, leaf } of entries) {
    const { value } = payload
    if (!('attempt' in value) || value.attempt !== number) fail('entries of more than one attempt')
    if (payload.kind === 'trustee-joined') attempt.joined.set(payload.value.index, payload.value)
    else if (payload.kind === 'trustee-dealt') {
      attempt.dealt.set(payload.value.index, payload.value)
      attempt.lastDealt = leaf
    } else if (payload.kind === 'trustee-confirmed') {
      if (payload.value.dealt !== attempt.lastDealt)
        fail(`trustee ${payload.value.index} confirmed another dealing`)
      attempt.confirmed.add(payload.value.index)
    } else fail(`a ${payload.kind} among the confirmed attempt`)
  }
  for (const [i] of definition.manifest.trustees.entries()) {
    const dealt = attempt.dealt.get(i + 1) ?? fail(`trustee ${i + 1} has not dealt`)
    if (!attempt.confirmed.has(i + 1)) fail(`trustee ${i + 1} has not confirmed`)
    const [finding] = dealingFindings(definition, dealt, attempt.joined.get(i + 1)?.commitment, 'ceremony')
    if (finding !== undefined) fail(finding.why)
  }
  return attempt
}
