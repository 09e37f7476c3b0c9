import { execFile } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { firstLineOf } from '../src/descriptor.js'

const folder = mkdtempSync(join(tmpdir(), 'cista-descriptor-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const path = (name: string) => join(folder, name)

/** The first line from what is opened here. */
async function lineOf(name: string, flags = constants.O_RDONLY, patience?: number): Promise<string> {
  const fd = openSync(path(name), flags)
  try {
    return await firstLineOf(fd, patience)
  } finally {
    closeSync(fd)
  }
}

describe('a passphrase from a file descriptor', () => {
  it('is the first line of a file', async () => {
    writeFileSync(path('two'), 'correct horse\r\nbattery\n')
    expect(await lineOf('two')).toBe('correct horse')
  })

  it.each([
    ['empty', '', 'it is empty'],
    ['line', '\nsecond\n', 'begins with an empty line'],
    ['long', 'x'.repeat(5_000), 'longer than 4096 bytes'],
  ])('is not in a file that is %s', async (name, text, why) => {
    writeFileSync(path(name), text)
    await expect(lineOf(name)).rejects.toThrow(why)
  })

  it('is waited for where the descriptor does not block, but not for ever', async () => {
    await promisify(execFile)('mkfifo', [path('pipe')])
    const nonBlocking = constants.O_RDWR | constants.O_NONBLOCK
    await expect(lineOf('pipe', nonBlocking, 200)).rejects.toThrow('nothing came from it')
    const line = lineOf('pipe', nonBlocking)
    await promisify(execFile)('sh', ['-c', 'sleep 0.3; echo in time > "$0"', path('pipe')])
    expect(await line).toBe('in time')
  })

  it('is in no folder', async () => {
    await expect(lineOf('.')).rejects.toThrow('no file or pipe')
  })
})
