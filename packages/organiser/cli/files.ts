import { open, readFile, rename } from 'node:fs/promises'
import { DecodeError } from '@cista/board'
import {
  type Definition,
  type Submission,
  decodeSubmission,
  defineElection,
  encodeSubmission,
} from '@cista/protocol'
import { type OrganiserKey, lockKey, unlockKey } from '@cista/organiser'
import { Failure } from '@cista/terminal'

export async function read(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`)
  }
}

/** Undefined where there is no such file. */
export async function contentIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`)
  }
}

/** A text that people wrote; a byte order mark is left out. */
export async function readText(path: string): Promise<string> {
  const bytes = await read(path)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Failure(`${path} is not in UTF-8: save it in that encoding`)
  }
}

/** Writes a file as a whole or not at all. @param secret readable by its owner only, and never replacing another. */
export async function write(path: string, bytes: Uint8Array | string, secret = false): Promise<void> {
  const target = secret ? path : `${path}.new`
  try {
    const file = await open(target, secret ? 'wx' : 'w', secret ? 0o600 : 0o644)
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    if (!secret) await rename(target, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Failure(
        `${path} is there already: choose another name, it may hold somebody's only key or code`,
      )
    throw new Failure(`${path} cannot be written: ${(error as Error).message}`)
  }
}

export async function readKey(path: string, passphrase: string): Promise<OrganiserKey> {
  const unlocked = await unlockKey(await read(path), passphrase)
  if ('why' in unlocked) throw new Failure(`${path}: ${unlocked.why}`)
  return unlocked.key
}

export async function writeKey(
  path: string,
  key: OrganiserKey,
  passphrase: string,
  workFactor: number,
): Promise<void> {
  await write(path, await lockKey(key, passphrase, workFactor), true)
}

export async function readDefinition(path: string): Promise<{ definition: Definition; bytes: Uint8Array }> {
  const bytes = await read(path)
  const definition = decoding(
    path,
    () => defineElection(bytes),
    '; the file that “manifest --out” writes is needed here',
  )
  return { definition, bytes }
}

export async function readDraft(path: string): Promise<Submission> {
  const bytes = await read(path)
  return decoding(path, () => decodeSubmission(bytes))
}

export const writeDraft = (path: string, draft: Submission): Promise<void> =>
  write(path, encodeSubmission(draft))

export function decoding<T>(path: string, work: () => T, hint = ''): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof DecodeError) throw new Failure(`${path}: ${error.message}${hint}`)
    throw error
  }
}
