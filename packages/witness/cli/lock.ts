import { readFileSync, readlinkSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { Failure, codeOf } from './failure.js'
import { writeNew } from './files.js'

/** Who holds a lock: the process, the machine that it runs on, since which start of that machine, and among which processes. */
interface Holder {
  readonly pid: number
  readonly host: string
  readonly boot: string
  readonly space: string
}

/**
 * Holds a folder for this process. The lock of a process that is gone for sure is taken over.
 * @returns what releases it. @throws {Failure} where another process has it, or may have it.
 */
export async function lockFolder(path: string): Promise<() => Promise<void>> {
  if (!(await writeNew(path, own()))) await takeOver(path)
  return () => rm(path, { force: true })
}

/**
 * Under a second lock: of two who find the same stale one, the slower would else remove what the quicker has just written.
 * If this process ends in between, the second lock is stale, too, and is taken over in the same way.
 */
async function takeOver(path: string): Promise<void> {
  refuseUnlessGone(path, await read(path))
  const release = await lockFolder(`${path}.takeover`)
  try {
    const stale = await read(path)
    refuseUnlessGone(path, stale)
    // Where nothing is left to remove, somebody may just be making a new one.
    if (stale !== undefined) await rm(path, { force: true })
    if (!(await writeNew(path, own()))) throw new Failure(`another process has just taken ${path}`)
  } finally {
    await release()
  }
}

function refuseUnlessGone(path: string, text: string | undefined): void {
  if (text === undefined) return
  const [, pid, host, boot, space] = /^(\d{1,10}) (\S+) (\S+) (\S+)\n$/.exec(text) ?? []
  if (pid === undefined || host === undefined || boot === undefined || space === undefined)
    throw new Failure(`${path} is no lock of a witness: if no witness has this folder, remove it`)
  if (!isGone({ pid: Number(pid), host, boot, space }))
    throw new Failure(
      `process ${pid} on ${host} has this folder. Two witnesses on one folder could cosign two histories; if that process is none, remove ${path}`,
    )
}

function isGone({ pid, host, boot, space }: Holder): boolean {
  // Nobody can see the processes of another machine, or of another container.
  if (host !== hostname()) return false
  if (boot !== bootId() && boot !== unknownBoot && bootId() !== unknownBoot) return true
  // Two containers of one name have the same numbers for different processes.
  if (space !== pidSpace()) return false
  if (pid === process.pid) return true
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

const own = (): string => `${process.pid} ${hostname()} ${bootId()} ${pidSpace()}\n`

/** The processes that this one can see, by a name that no others have (Linux); other systems do not tell. */
function pidSpace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return '-'
  }
}

const unknownBoot = '-'
/** Changes whenever Linux starts; other systems do not tell. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return unknownBoot
  }
}

/** The lock's text; undefined where it has just been released. */
async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
