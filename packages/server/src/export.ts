// Specification: 05 Files
import {
  checkpointPath,
  encodeEntryBundle,
  encodePayloadBundle,
  entriesPath,
  equalBytes,
  leafHash,
  payloadsPath,
  tilePath,
  tileWidth,
  tilesOf,
  utf8,
} from '@cista/board'
import type { Head, Store } from './store.js'

/** The record cannot be exported; the message says why, and what helps. */
export class ExportError extends Error {
  override readonly name = 'ExportError'
}

export interface RecordFile {
  readonly path: string
  readonly bytes: Uint8Array
}

/**
 * The files of the record under one head, in the order of `recordPaths`, whatever is appended meanwhile. Read one by one as they are asked
 * for: at most a bundle of 256 entries and its payloads is in memory.
 * @throws {ExportError} where the database lacks what was published, or holds something else.
 */
export async function* recordFiles(store: Store, election: string, head: Head): AsyncGenerator<RecordFile> {
  yield { path: checkpointPath, bytes: utf8(head.note) }
  for (const { level, index, width } of tilesOf(head.size)) {
    const path = tilePath(level, index, width)
    const hashes = (await store.tile(election, level, index))?.slice(0, 32 * width)
    if (hashes?.length !== 32 * width) throw lacking(path)
    yield { path, bytes: hashes }
    if (level > 0) continue
    const from = index * tileWidth
    const stored = await store.entries(election, from, from + width)
    if (stored.length !== width || stored.some((one, i) => one.index !== from + i))
      throw lacking(`an entry from ${from} to ${from + width - 1}`)
    for (const [i, { entry }] of stored.entries())
      if (!equalBytes(leafHash(entry), hashes.subarray(32 * i, 32 * (i + 1))))
        throw new ExportError(
          `entry ${from + i} in the database is not the one that was published: restore a backup`,
        )
    yield { path: entriesPath(index, width), bytes: encodeEntryBundle(stored.map((one) => one.entry)) }
    yield { path: payloadsPath(index, width), bytes: encodePayloadBundle(stored.map((one) => one.payload)) }
  }
}

const lacking = (what: string) =>
  new ExportError(`the database lacks ${what}, although it was published: restore a backup`)

/** @throws {ExportError} where there is no such election, or nothing of it is published. */
export async function headToExport(store: Store, election: string): Promise<Head> {
  const head = await store.head(election)
  if (head !== undefined) return head
  if ((await store.board(election)) !== undefined)
    throw new ExportError('nothing of this election is published yet')
  const known = (await store.boards()).map((board) => `\n  ${board.election}`)
  throw new ExportError(
    known.length === 0
      ? 'there is no election in this database'
      : `there is no election ${election} in this database; there are:${known.join('')}`,
  )
}
