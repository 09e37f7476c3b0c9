import { mkdir, rename, rm, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type Checkpoint,
  type CheckpointPolicy,
  DecodeError,
  type RecordSource,
  checkpointPath,
  entriesPath,
  equalBytes,
  fromUtf8,
  openCheckpoint,
  parseRecordPath,
  payloadsPath,
  recordPaths,
} from '@cista/board'
import type { Definition } from '@cista/protocol'
import {
  type Finding,
  RecordUnavailable,
  Unreachable,
  checkManifest,
  judgeContinuation,
  policyOf,
} from '@cista/verifier'
import { Copy, Lacking, drafts } from './copy.js'
import { folderRecord } from './folder.js'
import { replaceFile } from './shared.js'

export type MirrorOutcome = { readonly definition?: Definition } & (
  | { readonly kind: 'complete'; readonly size: number; readonly fetched: number; readonly kept: number }
  /** The copy has more entries than the board shows. */
  | { readonly kind: 'behind'; readonly ours: number; readonly theirs: number }
  /** The copy's checkpoint and the board's cannot both be of one history. */
  | { readonly kind: 'forked'; readonly ours: string; readonly theirs: string }
  | { readonly kind: 'bad'; readonly findings: readonly Finding[] }
)

/** How often a host may change its record while it is read. */
const patience = 5

/**
 * Brings a folder to what the board is now. Every file is checked against the checkpoint before it is put in its place, those that are there
 * already are checked and kept, and the checkpoint comes last: the folder is a whole record before and after, and may be read meanwhile.
 * @param step files done, of how many. @throws {RecordUnavailable} where the folder holds something else. @throws {Unreachable}
 */
export async function mirrorRecord(
  remote: RecordSource,
  folder: string,
  election?: string,
  step: (done: number, total: number) => void = () => undefined,
): Promise<MirrorOutcome> {
  await mkdir(folder, { recursive: true })
  await rm(join(folder, drafts), { recursive: true, force: true })
  const strange = (await folderRecord(folder).list!()).find((path) => parseRecordPath(path) === undefined)
  if (strange !== undefined)
    throw new RecordUnavailable(
      `${folder} holds more than a record: ${strange}. Name another folder for the copy`,
    )
  for (let times = 1; ; times++) {
    const file = await remote.read(checkpointPath)
    if (file === undefined) throw new RecordUnavailable('there is no file “checkpoint” to copy')
    const outcome = await mirrorUnder(under(file, remote), folder, election, step)
    if (outcome.kind !== 'bad') return outcome
    const now = await remote.read(checkpointPath)
    if (now !== undefined && equalBytes(now, file)) return outcome
    if (times === patience) throw new Unreachable('the record changes while it is read: try again later')
  }
}

/** The board under one checkpoint, whatever it shows next; what holds the manifest is needed twice, and asked for once. */
function under(checkpoint: Uint8Array, remote: RecordSource): RecordSource {
  const known = new Map([[checkpointPath, Promise.resolve<Uint8Array | undefined>(checkpoint)]])
  const first = [entriesPath(0), payloadsPath(0)]
  return {
    read(path) {
      const read = known.get(path) ?? remote.read(path)
      if (first.includes(path)) known.set(path, read)
      return read
    },
  }
}

async function mirrorUnder(
  remote: RecordSource,
  folder: string,
  election: string | undefined,
  step: (done: number, total: number) => void,
): Promise<MirrorOutcome> {
  const local = folderRecord(folder)
  const read = async (path: string) =>
    (path === checkpointPath ? undefined : await local.read(path)) ?? remote.read(path)
  // The folder's first bundle may be damaged.
  const own = await checkManifest({ read }, election)
  const { value, findings } = own.value === undefined ? await checkManifest(remote, election) : own
  if (value === undefined) return { kind: 'bad', findings }
  const { definition, note } = value
  const policy = policyOf(definition)
  try {
    const { checkpoint } = openCheckpoint(note, policy)
    const refused = await compareCopy(remote, folder, policy, checkpoint, note)
    if (refused !== undefined) return { ...refused, definition }
    const copy = new Copy(remote, folder, step)
    await copy.take(checkpoint)
    await replaceFile(join(folder, drafts, checkpointPath), note)
    await rename(join(folder, drafts, checkpointPath), join(folder, checkpointPath))
    await removeStale(folder, checkpoint.size)
    return { kind: 'complete', size: checkpoint.size, fetched: copy.fetched, kept: copy.kept, definition }
  } catch (error) {
    if (error instanceof Lacking) return { kind: 'bad', findings: [error.finding], definition }
    if (!(error instanceof DecodeError)) throw error
    return {
      kind: 'bad',
      findings: [{ code: 'BOARD_CHECKPOINT', at: error.path, why: error.why }],
      definition,
    }
  }
}

/** Why the folder's record is not one that the board now continues, if it holds one. */
async function compareCopy(
  remote: RecordSource,
  folder: string,
  policy: CheckpointPolicy,
  theirs: Checkpoint,
  note: string,
): Promise<MirrorOutcome | undefined> {
  const local = folderRecord(folder)
  const file = await local.read(checkpointPath)
  if (file === undefined) return undefined
  const [ours, before] = openCopy(file)
  const [from, to, source] = before.size > theirs.size ? [theirs, before, local] : [before, theirs, remote]
  const continuation =
    from.size === to.size
      ? { kind: equalBytes(from.root, to.root) ? ('continues' as const) : ('forked' as const) }
      : await judgeContinuation(source, from, to)
  if (continuation.kind === 'forked') return { kind: 'forked', ours, theirs: note }
  if (before.size > theirs.size) return { kind: 'behind', ours: before.size, theirs: theirs.size }
  return continuation.kind === 'unproven' ? { kind: 'bad', findings: continuation.findings } : undefined

  function openCopy(bytes: Uint8Array): [string, Checkpoint] {
    try {
      const text = fromUtf8(bytes)
      return [text, openCheckpoint(text, policy).checkpoint]
    } catch {
      throw new RecordUnavailable(
        `${folder} holds a copy of another election, or its checkpoint is damaged. Name another folder for the copy`,
      )
    }
  }
}

/** What earlier checkpoints needed, and drafts. */
async function removeStale(folder: string, size: number): Promise<void> {
  await rm(join(folder, drafts), { recursive: true, force: true })
  const needed = new Set(recordPaths(size))
  for (const path of await folderRecord(folder).list!())
    if (!needed.has(path)) {
      await rm(join(folder, path))
      // Folders of partial tiles are left empty.
      await rmdir(dirname(join(folder, path))).catch(() => undefined)
    }
}
