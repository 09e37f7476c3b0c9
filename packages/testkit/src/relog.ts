import {
  type Entry,
  MemoryRecord,
  type Signature,
  emptyFrontier,
  encodeEntry,
  equalBytes,
  leafHash,
  payloadHash,
  rootOf,
  signCheckpoint,
  toHex,
  utf8,
  writeRecord,
} from '@cista/board'
import type { Simulation } from './simulation.js'

/** What a board is made of, before chain and tree. */
export interface LogRow {
  readonly kind: string
  readonly payload: Uint8Array
  readonly signatures: readonly Signature[]
  readonly batchTime: string
}

export const logRows = ({ log }: Simulation): LogRow[] =>
  log.map(({ kind, bytes, entry: { signatures, batchTime } }) => ({
    kind,
    payload: bytes,
    signatures,
    batchTime,
  }))

/**
 * Chain, tree and checkpoints made anew by whoever holds the keys of board and witnesses; those inside `opened` and `closed` too.
 * @throws {DecodeError} where a row is no entry at all.
 */
export async function relogged(s: Simulation, rows: readonly LogRow[]): Promise<MemoryRecord> {
  const { origin, id } = s.definition
  const entries: Uint8Array[] = []
  const payloads: Uint8Array[] = []
  let previous = emptyFrontier(origin, id).lastLeaf
  rows.forEach(({ kind, payload, signatures, batchTime }, index) => {
    const own = renewed(kind, payload)
    const entry: Entry = {
      batchTime,
      index,
      kind,
      payload: payloadHash(own),
      previous: toHex(previous),
      signatures: [...signatures],
      size: own.length,
      version: 1,
    }
    entries.push(encodeEntry(entry))
    payloads.push(own)
    previous = leafHash(entries.at(-1)!)
  })
  const record = new MemoryRecord()
  await writeRecord(record, { entries, payloads, checkpoint: checkpoint() })
  return record

  function checkpoint(): string {
    const root = rootOf(entries.map(leafHash))
    return s.cosign(signCheckpoint({ origin, size: entries.length, root }, s.keys.board, origin))
  }

  /** Only where it is the original: a changed checkpoint must stay what it was made. */
  function renewed(kind: string, payload: Uint8Array): Uint8Array {
    if (kind !== 'opened' && kind !== 'closed') return payload
    if (!s.log.some(({ bytes }) => equalBytes(bytes, payload))) return payload
    const value = JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>
    return utf8(JSON.stringify({ ...value, checkpoint: checkpoint() }))
  }
}
