import { type Stats, fstatSync, readSync, writeSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { UsageFailure } from './failure.js'

const pauseMilliseconds = 50
const longestLine = 4_096

/**
 * The first line that can be read from a file descriptor.
 * @param patience milliseconds to wait where nothing comes from a descriptor that does not block.
 * @throws {UsageFailure} where there is none, whatever the descriptor is.
 */
export async function firstLineOf(fd: number, patience = 10_000): Promise<string> {
  const unreadable = (why: string) =>
    new UsageFailure(`file descriptor ${fd} cannot be read: ${why}. ${advice}`)
  const stats = statsOf(fd)
  if (stats === undefined) throw unreadable('it is not open')
  if (
    !(stats.isFile() || stats.isFIFO() || stats.isSocket() || stats.isCharacterDevice()) ||
    isOurs(fd, stats)
  )
    throw unreadable('it is no file or pipe that was given to this program')
  const bytes = Buffer.alloc(longestLine)
  let length = 0
  for (let waited = 0; ; ) {
    if (length === bytes.length) throw unreadable(`its first line is longer than ${longestLine} bytes`)
    const count = read(bytes, length)
    if (count === undefined) {
      if (waited >= patience) throw unreadable('nothing came from it')
      await sleep(pauseMilliseconds)
      waited += pauseMilliseconds
      continue
    }
    length += count
    if (count === 0 || bytes.subarray(0, length).includes('\n')) break
  }
  const line = bytes.toString('utf8', 0, length).split(/\r?\n/, 1)[0]!
  if (line === '') throw unreadable('it is empty, or begins with an empty line')
  return line

  /** Undefined where nothing is there yet. */
  function read(into: Uint8Array, offset: number): number | undefined {
    try {
      return readSync(fd, into, offset, into.length - offset, null)
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (code === 'EAGAIN') return undefined
      if (code === 'EOF') return 0
      throw unreadable(message)
    }
  }
}

const advice =
  'npx passes on no descriptor but 0: give the passphrase on --passphrase-fd 0, or run the program in node_modules/.bin without npx'

/** A pipe of Node's own, whose other end is here too: to read from it could wait for ever. */
function isOurs(fd: number, pipe: Stats): boolean {
  if (fd <= 2 || !pipe.isFIFO()) return false
  return Array.from({ length: 64 }, (_, i) => i + 3).some((other) => {
    if (other === fd) return false
    const stats = statsOf(other)
    return stats?.isFIFO() === true && stats.ino === pipe.ino && stats.dev === pipe.dev && isWritable(other)
  })
}

/** Nothing is written: that much fails where a descriptor is for reading only. */
function isWritable(fd: number): boolean {
  try {
    writeSync(fd, new Uint8Array())
    return true
  } catch {
    return false
  }
}

function statsOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd)
  } catch {
    return undefined
  }
}
