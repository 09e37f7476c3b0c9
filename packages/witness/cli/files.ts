import { type FileHandle, link, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { codeOf } from './failure.js'

/** Writes a whole file for its owner only, or leaves the one that is there: nobody ever sees half of it. @returns whether it was written. */
export async function writeNew(path: string, text: string): Promise<boolean> {
  const draft = `${path}.${process.pid}.new`
  await writeSynced(draft, text)
  try {
    await link(draft, path)
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(path))
  return true
}

/** Replaces a file as a whole or not at all, and resolves when the new one would survive the loss of power. */
export async function replaceFile(path: string, text: string): Promise<void> {
  await writeSynced(`${path}.new`, text)
  await rename(`${path}.new`, path)
  await syncFolder(dirname(path))
}

/** Names of files made or replaced in it are durable from now on. */
export const syncFolder = (path: string): Promise<void> => using(path, 'r', (folder) => folder.sync())

const writeSynced = (path: string, text: string): Promise<void> =>
  using(path, 'w', async (file) => {
    await file.writeFile(text)
    await file.sync()
  })

async function using(path: string, flags: string, work: (file: FileHandle) => Promise<void>): Promise<void> {
  const file = await open(path, flags, 0o600)
  try {
    await work(file)
  } finally {
    await file.close()
  }
}
