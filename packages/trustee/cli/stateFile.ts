import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '@cista/terminal'
import { type TrusteeState, lockState, unlockState } from '@cista/trustee'

/** A trustee's file, unlocked and held by this process alone. */
export interface StateFile {
  readonly path: string
  readonly state: TrusteeState
  /** Resolves when the new state would survive a crash. */
  save(state: TrusteeState): Promise<void>
}

export async function readState(path: string, passphrase: string): Promise<TrusteeState> {
  let bytes: Uint8Array
  try {
    bytes = await readFile(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Failure(`there is no file ${path}: make one with “new”`)
    throw new Failure(`${path} cannot be read: ${(error as Error).message}`)
  }
  const unlocked = await unlockState(bytes, passphrase)
  if ('fault' in unlocked) throw new Failure(`${path}: ${unlocked.why}`)
  return unlocked.state
}

/** Runs `work` with the file unlocked; nobody else can do so until it ends. */
export function withStateFile<T>(
  path: string,
  passphrase: string,
  workFactor: number,
  work: (file: StateFile) => Promise<T>,
): Promise<T> {
  return held(path, async () => {
    let state = await readState(path, passphrase)
    return work({
      path,
      get state() {
        return state
      },
      async save(next) {
        await replace(path, await lockState(next, passphrase, workFactor))
        state = next
      },
    })
  })
}

/** @throws {Failure} if there is such a file already: it may hold somebody's only key. */
export function createStateFile(
  path: string,
  state: TrusteeState,
  passphrase: string,
  workFactor: number,
): Promise<void> {
  return held(path, async () => {
    const taken = await readFile(path).then(
      () => true,
      (error: unknown) => codeOf(error) !== 'ENOENT',
    )
    if (taken) throw new Failure(`${path} is there already: choose another name with --file`)
    await replace(path, await lockState(state, passphrase, workFactor))
  })
}

/** Replaces the file as a whole or not at all. */
async function replace(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.new`
  const file = await open(temporary, 'w', 0o600)
  try {
    await file.chmod(0o600)
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function held<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`
  await takeLock(lock)
  try {
    return await work()
  } finally {
    await rm(lock, { force: true })
  }
}

async function takeLock(lock: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      const file = await open(lock, 'wx', 0o600)
      await file.writeFile(`${process.pid}\n`)
      await file.close()
      return
    } catch (error) {
      if (codeOf(error) !== 'EEXIST')
        throw new Failure(`${lock} cannot be written: ${(error as Error).message}`)
    }
    const owner = await ownerOf(lock)
    if (owner === undefined)
      throw new Failure(`${lock} names no process: if none is using this file, remove ${lock}`)
    if (tries > 0 || isRunning(owner))
      throw new Failure(`process ${owner} is using this file; if that is not so, remove ${lock}`)
    await rm(lock, { force: true })
  }
}

/** The process that a lock names; undefined where it still names none after a moment: its owner has had the time to write. */
async function ownerOf(lock: string): Promise<number | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    const text = await readFile(lock, 'utf8').catch(() => '')
    if (/^[1-9][0-9]{0,9}\n$/.test(text)) return Number(text)
    await sleep(100)
  }
  return undefined
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
