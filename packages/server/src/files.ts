import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
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
 * Holds a folder for this process: the embedded database cannot be opened twice. A lock whose process is gone is taken over.
 * @returns what releases it. @throws {ConfigError} while another process holds it.
 */
export function lockFolder(path: string): () => void {
  const own = `${process.pid}\n`
  if (!writeNewFile(path, own)) {
    const holder = Number(readFileSync(path, 'utf8'))
    if (holder !== process.pid && isRunning(holder))
      throw new ConfigError(
        `process ${holder} has the data folder open: stop it, or choose another folder with --data. If it is no cista-server, remove ${path}`,
      )
    rmSync(path, { force: true })
    if (!writeNewFile(path, own)) throw new ConfigError(`another process has just taken ${path}`)
  }
  return () => rmSync(path, { force: true })
}

function isRunning(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
