import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  type RecordSource,
  checkpointPath,
  fromUtf8,
  parseCheckpoint,
  parseNote,
  readRequired,
  recordPaths,
} from '@cista/board'

/** Copies a record into a folder, as static files; an earlier record there is replaced. @returns the number of entries. */
export async function mirrorRecord(source: RecordSource, folder: string): Promise<number> {
  await rm(folder, { recursive: true, force: true })
  const checkpoint = await readRequired(source, checkpointPath)
  const { size } = parseCheckpoint(parseNote(fromUtf8(checkpoint)).body)
  for (const path of recordPaths(size)) {
    const target = join(folder, path)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, path === checkpointPath ? checkpoint : await readRequired(source, path))
  }
  return size
}
