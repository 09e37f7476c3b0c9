import {
  MemoryRecord,
  type PlacedEntry,
  type Signature,
  emptyFrontier,
  extend,
  frontierRoot,
  payloadHash,
  signCheckpoint,
  toHex,
  writeRecord,
} from '@cista/board'
import { Course, type EntryKind, type Payload, decodePayload, encodePayload } from '@cista/protocol'
import { deriveTallied, localPool } from '@cista/verifier'
import type { Trustees } from './support.js'

/** The board that an attacker with its key shows others: the same first entries, then closed and tallied. */
export async function fork({ simulation }: Trustees, keep: number): Promise<MemoryRecord> {
  const { definition, keys, manifest, log } = simulation
  const { origin, id, codecs } = definition
  const course = new Course(definition)
  let frontier = emptyFrontier(origin, id)
  const entries: Uint8Array[] = []
  const payloads: Uint8Array[] = []
  const append = (
    kind: EntryKind,
    bytes: Uint8Array,
    signatures: readonly Signature[],
    batchTime: string,
  ) => {
    const extension = extend(
      frontier,
      [{ kind, payload: payloadHash(bytes), signatures, size: bytes.length }],
      batchTime,
    )
    const [{ entry, bytes: entryBytes, leaf }] = extension.entries as [PlacedEntry]
    frontier = extension.frontier
    entries.push(entryBytes)
    payloads.push(bytes)
    const payload = { kind, value: decodePayload(codecs, kind, bytes) } as Payload
    course.apply({ payload, hash: entry.payload, index: entry.index, batchTime, leaf: toHex(leaf) })
  }
  const note = () =>
    signCheckpoint({ origin, size: entries.length, root: frontierRoot(frontier) }, keys.board, origin)

  for (const { kind, bytes, entry } of log.slice(0, keep))
    append(kind, bytes, entry.signatures, entry.batchTime)
  const closed = { ballots: course.phase.ballots, checkpoint: note(), entries: keep }
  append('closed', encodePayload(codecs, 'closed', closed), [], course.phase.closes)
  const tallied = await deriveTallied(course, manifest, async (i) => payloads[i]!, localPool)
  append('tallied', encodePayload(codecs, 'tallied', tallied), [], course.phase.closes)
  const record = new MemoryRecord()
  await writeRecord(record, { entries, payloads, checkpoint: note() })
  return record
}
