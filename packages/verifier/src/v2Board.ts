// Specification: 09 V2 Board
import {
  type CheckpointPolicy,
  DecodeError,
  type Entry,
  type RecordSource,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  entriesPath,
  equalBytes,
  genesisHash,
  hashTiles,
  leafHash,
  openCheckpoint,
  payloadHash,
  payloadsPath,
  readRequired,
  recordPaths,
  rootOf,
  tilePath,
  tileWidth,
  toHex,
  widthOf,
} from '@cista/board'
import type { Definition } from '@cista/protocol'
import type { FindingCode } from './checklist.js'
import { type Checked, type Finding, type Step, type Verdict, refuted, verdict } from './findings.js'
import type { Opening } from './v1Manifest.js'

export interface BoardEntry {
  readonly entry: Entry
  readonly bytes: Uint8Array
  /** Leaf hash, hex. */
  readonly leaf: string
}
export interface Board {
  /** The verified checkpoint's note. */
  readonly note: string
  readonly entries: readonly BoardEntry[]
  readonly payloads: readonly Uint8Array[]
  readonly leaves: readonly Uint8Array[]
}

export const policyOf = ({ manifest }: Definition): CheckpointPolicy => ({
  board: manifest.board,
  witnesses: manifest.witnesses.keys,
  quorum: manifest.witnesses.quorum,
})

/**
 * V2. The checkpoint is the board's and cosigned; chain, tree and tiles are recomputed from the entries and lead to its root; every
 * payload is the one its entry names; an earlier checkpoint is of the same history; there is no other file.
 */
export async function checkBoard(
  source: RecordSource,
  opening: Checked<Opening>,
  earlier: string | undefined,
  step: Step,
): Promise<Verdict<Board>> {
  const { definition, note } = opening
  const findings: Finding[] = []
  const find = (code: FindingCode, at: string, why: string) => findings.push({ code, at, why })
  const checkpoint = attempt('BOARD_CHECKPOINT', () => openCheckpoint(note, policyOf(definition)).checkpoint)
  if (checkpoint === undefined) return refuted(0, findings)
  const { size, root } = checkpoint
  const entries: BoardEntry[] = []
  const payloads: Uint8Array[] = []
  const leaves: Uint8Array[] = []
  let previous = genesisHash(definition.origin, definition.id)

  for (let n = 0; n * tileWidth < size; n++) {
    const bundle = await readBundle(n, widthOf(0, n, size))
    if (bundle === undefined) return refuted(entries.length, findings)
    bundle.entries.forEach((bytes, i) => takeEntry(n * tileWidth + i, bytes, bundle.payloads[i]!))
    step(leaves.length, size)
  }
  if (findings.length === 0) {
    if (!equalBytes(rootOf(leaves), root)) find('BOARD_ROOT', 'checkpoint', 'the entries have another root')
    await checkTiles()
    await checkStrays()
    checkEarlier()
  }
  return verdict({ note, entries, payloads, leaves }, entries.length, findings)

  function attempt<T>(code: FindingCode, work: () => T): T | undefined {
    try {
      return work()
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      find(code, error.path, error.why)
      return undefined
    }
  }

  async function readBundle(n: number, width: number) {
    const [entryPath, payloadPath] = [entriesPath(n, width), payloadsPath(n, width)]
    const read = async (path: string) => {
      try {
        return await readRequired(source, path)
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        find('BOARD_FILE', error.path, error.why)
        return undefined
      }
    }
    const [entryBytes, payloadBytes] = await Promise.all([read(entryPath), read(payloadPath)])
    if (entryBytes === undefined || payloadBytes === undefined) return undefined
    return attempt('BOARD_FILE', () => ({
      entries: decodeEntryBundle(entryBytes, width, entryPath),
      payloads: decodePayloadBundle(payloadBytes, width, payloadPath),
    }))
  }

  function takeEntry(index: number, bytes: Uint8Array, payload: Uint8Array): void {
    const at = `entry ${index}`
    const leaf = leafHash(bytes)
    leaves.push(leaf)
    const entry = attempt('BOARD_ENTRY', () => decodeEntry(bytes, at))
    if (entry !== undefined) {
      findings.push(...entryFindings(entry, payload, index, previous))
      entries.push({ entry, bytes, leaf: toHex(leaf) })
      payloads.push(payload)
    }
    previous = leaf
  }

  async function checkTiles(): Promise<void> {
    for (const { level, index, hashes } of hashTiles(leaves)) {
      const path = tilePath(level, index, hashes.length / 32)
      const bytes = await source.read(path)
      if (bytes === undefined) find('BOARD_FILE', path, 'missing')
      else if (!equalBytes(bytes, hashes)) find('BOARD_TILE', path, 'not the hashes of these entries')
    }
  }

  async function checkStrays(): Promise<void> {
    const present = await source.list?.()
    if (present === undefined) return
    const expected = new Set(recordPaths(size))
    for (const path of present.filter((p) => !expected.has(p)).sort())
      find('BOARD_STRAY', path, 'a file that does not belong to the record')
  }

  function checkEarlier(): void {
    if (earlier === undefined) return
    const before = attempt(
      'BOARD_EARLIER',
      () => openCheckpoint(earlier, policyOf(definition), 'earlier checkpoint').checkpoint,
    )
    if (before === undefined) return
    if (before.size > size)
      find('BOARD_EARLIER', 'earlier checkpoint', `of ${before.size} entries, but now there are ${size}`)
    else if (!equalBytes(rootOf(leaves.slice(0, before.size)), before.root))
      find('BOARD_EARLIER', 'earlier checkpoint', 'the board showed another history then')
  }
}

/** What is wrong with an entry at its place in the chain, and with the payload beside it. @param previous leaf hash before it. */
export function entryFindings(
  entry: Entry,
  payload: Uint8Array,
  index: number,
  previous: Uint8Array,
): Finding[] {
  const findings: Finding[] = []
  const find = (code: FindingCode, why: string) => findings.push({ code, at: `entry ${index}`, why })
  if (entry.index !== index) find('BOARD_CHAIN', `calls itself entry ${entry.index}`)
  if (entry.previous !== toHex(previous)) find('BOARD_CHAIN', 'does not name the entry before it')
  if (entry.payload !== payloadHash(payload)) find('BOARD_PAYLOAD', 'the payload is not the one it names')
  if (entry.size !== payload.length)
    find('BOARD_PAYLOAD', `names a payload of ${entry.size} bytes, it has ${payload.length}`)
  return findings
}
