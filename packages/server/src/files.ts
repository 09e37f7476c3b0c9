import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { ConfigError } from './config.js'

/** Writes a whole file, or leaves the one that is there: nobody ever sees half of it. @returns whether it was written. */
export function writeNewFile(path: string, text: string): boolean {
  const draft = `${path}.${process.pid}`
  const file = openSync(draft, 'w', 0o600)
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  try {
    linkSync(draft, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(draft)
  }
}

/**
 * Holds a folder for this process: neither an embedded database nor the checkpoints that a server has seen can be two servers'. A lock whose
 * process is gone is taken over, however it ended. Nobody can see the processes of another machine or container: theirs are taken for gone.
 * @returns what releases it. @throws {ConfigError} while another process holds it.
 */
export function lockFolder(path: string): () => void {
  const own = nameOf(process.pid)
  if (!writeNewFile(path, own)) {
    removeStale(path)
    if (!writeNewFile(path, own)) throw justTaken(path)
  }
  return () => rmSync(path, { force: true })
}

function removeStale(path: string): void {
  const found = lockAt(path)
  if (found === undefined) return
  if (isRunning(found))
    throw new ConfigError(
      `process ${Number.parseInt(found)} has the data folder open: stop it, or choose another folder with --data; a second server of one database needs one of its own, and the same CISTA_BOARD_SECRET_FILE. If that process is no cista-server, remove ${path}`,
    )
  const aside = `${path}.${process.pid}.stale`
  try {
    renameSync(path, aside)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw justTaken(path)
    throw error
  }
  const moved = lockAt(aside)
  rmSync(aside)
  if (moved === undefined || moved === found) return
  // Of two who find the same stale lock, the slower has just moved the lock of the quicker.
  writeNewFile(path, moved)
  throw justTaken(path)
}

const justTaken = (path: string) => new ConfigError(`another process has just taken ${path}`)

/** Undefined where there is none. */
function lockAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function isRunning(name: string): boolean {
  const pid = Number.parseInt(name)
  if (!(pid > 0) || name !== nameOf(pid)) return false
  // Where only its number is known, it may be that of a process before this one.
  if (pid === process.pid) return startOf(pid) !== unknown
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * A process as no other is called, on Linux: number, start, boot of the machine, and the set of processes among which it has this number. The
 * same number comes again, in containers with every start. Other systems tell the number only.
 */
const nameOf = (pid: number): string => `${pid} ${startOf(pid)} ${boot()} ${numbersOf()}\n`

const unknown = '-'
const boot = (): string => told('/proc/sys/kernel/random/boot_id')?.trim() ?? unknown

/** Ticks of the clock since the boot; unknown also of a process that has ended and that nobody has asked about (proc(5), fields 3 and 22). */
function startOf(pid: number): string {
  // The second field is the program's name, and may hold anything.
  const fields = told(`/proc/${pid}/stat`)?.replace(/^.*\)/s, '').split(' ')
  return fields?.[1] === 'Z' ? unknown : (fields?.[20] ?? unknown)
}

function numbersOf(): string {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return unknown
  }
}

function told(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
