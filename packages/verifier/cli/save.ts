import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  DecodeError,
  type RecordSource,
  checkpointPath,
  fromUtf8,
  parseCheckpoint,
  parseNote,
  recordPaths,
} from '@cista/board'
import { RecordUnavailable } from '@cista/verifier'

/** A record that lacks so many files is refuted whatever else it holds: a server must not name a million for us to ask for. */
const mostMissing = 16

/**
 * Copies a record into an empty or new folder, as it is under the checkpoint that is read first. What the source lacks is lacking in the copy
 * too: that is evidence.
 */
export async function saveRecord(source: RecordSource, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  if ((await readdir(folder)).length > 0)
    throw new RecordUnavailable(`${folder} is not empty: name another folder for the copy`)
  const checkpoint = await source.read(checkpointPath)
  if (checkpoint === undefined) throw new RecordUnavailable('there is no file “checkpoint” to copy')
  await writeFile(join(folder, checkpointPath), checkpoint)
  let missing = 0
  for (const path of pathsUnder(checkpoint).filter((p) => p !== checkpointPath)) {
    const bytes = await source.read(path)
    if (bytes === undefined) missing += 1
    if (missing >= mostMissing) return
    if (bytes === undefined) continue
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, bytes)
  }
}

/** None under a checkpoint that is no checkpoint: verifying says what is wrong with it. */
function pathsUnder(checkpoint: Uint8Array): string[] {
  try {
    return recordPaths(parseCheckpoint(parseNote(fromUtf8(checkpoint)).body).size)
  } catch (error) {
    if (error instanceof DecodeError || error instanceof RangeError) return []
    throw error
  }
}
