// Specification: 10 Following a board
import {
  DecodeError,
  type RecordSource,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  entriesPath,
  equalBytes,
  genesisHash,
  leafHash,
  payloadsPath,
  readRequired,
  tileWidth,
  toHex,
  widthOf,
} from '@cista/board'
import type { Definition } from '@cista/protocol'
import { type Finding, type Verdict, refuted, verdict } from './findings.js'
import type { TileTree } from './tileTree.js'
import { type BoardEntry, entryFindings } from './v2Board.js'

/** An entry of a board under a verified checkpoint, with the payload that it names. */
export type BundledEntry = BoardEntry & { readonly payload: Uint8Array }

/** The entries of bundle `n` with their payloads: those that the hash tiles name, each chained to the one before. */
export async function readBundle(
  source: RecordSource,
  { origin, id }: Definition,
  tree: TileTree,
  n: number,
): Promise<Verdict<readonly BundledEntry[]>> {
  const width = widthOf(0, n, tree.size)
  const [entryPath, payloadPath] = [entriesPath(n, width), payloadsPath(n, width)]
  try {
    const [entryBytes, payloadBytes] = await Promise.all([
      readRequired(source, entryPath),
      readRequired(source, payloadPath),
    ])
    const payloads = decodePayloadBundle(payloadBytes, width, payloadPath)
    const rows = decodeEntryBundle(entryBytes, width, entryPath).map((bytes, i) =>
      open(bytes, payloads[i]!, n * tileWidth + i),
    )
    return verdict(
      rows.flatMap(({ entry }) => entry ?? []),
      width,
      rows.flatMap(({ findings }) => findings),
    )
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return refuted(0, [{ code: 'BOARD_FILE', at: error.path, why: error.why }])
  }

  function open(bytes: Uint8Array, payload: Uint8Array, index: number): Opened {
    const at = `entry ${index}`
    const leaf = leafHash(bytes)
    if (!equalBytes(leaf, tree.leaf(index)))
      return { findings: [{ code: 'BOARD_TILE', at, why: 'not the entry whose hash is in the tree' }] }
    try {
      const entry = decodeEntry(bytes, at)
      const previous = index === 0 ? genesisHash(origin, id) : tree.leaf(index - 1)
      return {
        entry: { entry, bytes, leaf: toHex(leaf), payload },
        findings: entryFindings(entry, payload, index, previous),
      }
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      return { findings: [{ code: 'BOARD_ENTRY', at: error.path, why: error.why }] }
    }
  }
}

interface Opened {
  readonly entry?: BundledEntry
  readonly findings: readonly Finding[]
}
