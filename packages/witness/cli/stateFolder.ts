import { createHash } from 'node:crypto'
import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DecodeError, fromUtf8 } from '@cista/board'
import { type Cosigned, type NoteStore, type WitnessKey, readCosigned } from '@cista/witness'
import { Failure, codeOf, messageOf } from './failure.js'
import { replaceFile, syncFolder } from './files.js'
import { lockFolder } from './lock.js'

/** All that a witness remembers: for each board it has ever cosigned a file with the last note. */
export interface StateFolder extends NoteStore {
  readonly last: ReadonlyMap<string, Cosigned>
  /** Whether it was made just now. */
  readonly fresh: boolean
  release(): Promise<void>
}

/** SHA-256 of the origin in hex: its file's name, and its address at the monitoring prefix. */
export const originHash = (origin: string): string => createHash('sha256').update(origin).digest('hex')

/** @throws {Failure} where another process has the folder, or anything in it is not as this witness wrote it. */
export async function stateFolder(folder: string, key: WitnessKey): Promise<StateFolder> {
  const fresh = await makeFolder(resolve(folder))
  const release = await lockFolder(join(folder, 'lock'))
  try {
    const known = await loadAll(folder, key)
    const last = new Map([...known.values()].map((cosigned) => [cosigned.checkpoint.origin, cosigned]))
    return { last, fresh, release, save: (origin, next) => save(folder, known, origin, next) }
  } catch (error) {
    await release()
    throw error
  }
}

async function makeFolder(folder: string): Promise<boolean> {
  try {
    await mkdir(folder, { mode: 0o700 })
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw new Failure(`the folder ${folder} cannot be made: ${messageOf(error)}`)
  }
  await syncFolder(dirname(folder))
  return true
}

/** By file name. */
async function loadAll(folder: string, key: WitnessKey): Promise<Map<string, Cosigned>> {
  const known = new Map<string, Cosigned>()
  for (const name of await readdir(folder)) {
    // What was being written when an earlier process ended: nobody has seen its cosignature.
    if (/^[0-9a-f]{64}\.new$/.test(name)) await rm(join(folder, name))
    if (/^[0-9a-f]{64}$/.test(name)) known.set(name, await load(join(folder, name), name, key))
  }
  return known
}

async function load(path: string, name: string, key: WitnessKey): Promise<Cosigned> {
  try {
    const cosigned = readCosigned(fromUtf8(new Uint8Array(await readFile(path))), key, path)
    if (originHash(cosigned.checkpoint.origin) !== name)
      throw new DecodeError(path, 'the file of another board')
    return cosigned
  } catch (error) {
    const why = error instanceof DecodeError ? error.message : `${path}: ${messageOf(error)}`
    throw new Failure(
      `${why}. This witness may have cosigned more than it still knows: it must not go on with this folder. Make a new key for a new folder, and tell the organisers`,
    )
  }
}

/**
 * Between the look at the file and its replacement nothing holds it: no rename of a file system compares. The lock makes that enough. While it
 * is held nobody else cosigns with this folder, so that `next` is the newest note there is, and an old copy that is put back just in between is
 * replaced by it, as it must be. The look is for what no lock keeps away: a copy that is put back earlier, or a second witness after somebody
 * has removed the lock, which is then found out by the next of the two that saves.
 */
async function save(
  folder: string,
  known: Map<string, Cosigned>,
  origin: string,
  next: Cosigned,
): Promise<void> {
  const name = originHash(origin)
  const path = join(folder, name)
  const there = await readFile(path, 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  })
  if (there !== known.get(name)?.note) throw new Failure(`${path} was changed by somebody else`)
  await replaceFile(path, next.note)
  known.set(name, next)
}
