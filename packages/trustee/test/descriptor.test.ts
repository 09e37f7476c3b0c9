import { execFile, spawn } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { firstLineOf } from '../cli/descriptor.js'
import { bin, file, good, outcomeOf, useCommand } from './command.js'

useCommand()

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

describe('cista-trustee --passphrase-fd', () => {
  const show = (fd: number, three: 'pipe' | 'ignore', text = '') => {
    const stdio = ['ignore', 'pipe', 'pipe', ...(three === 'pipe' ? ['pipe' as const] : [])] as const
    const args = [bin, 'status', '--file', 'own.age', '--passphrase-fd', String(fd)]
    const child = spawn(process.execPath, args, { cwd: file('.'), stdio: [...stdio] })
    if (three === 'pipe') (child.stdio[3] as NodeJS.WritableStream).end(text)
    return outcomeOf(child).outcome
  }

  it('reads what it is given, and says what to do where that was lost on the way, as under npx', async () => {
    await good('new', '--name', 'Ada', '--file', 'own.age')
    expect(await show(3, 'pipe', 'correct horse battery\n')).toMatchObject({ code: 0 })
    // As shells pass it on: two descriptors of one pipe.
    const quoted = [process.execPath, bin].map((word) => `'${word}'`).join(' ')
    const script = `${quoted} status --file own.age --passphrase-fd 5 5< <(echo correct horse battery)`
    const shell = await promisify(execFile)('bash', ['-c', script], { cwd: file('.') })
    expect(shell.stdout).toContain('name: Ada')
    // Without the pipe these are Node's own descriptors, or none.
    const lost = await Promise.all(Array.from({ length: 18 }, (_, i) => show(i + 3, 'ignore')))
    for (const { code, err } of [...lost, await show(900, 'ignore')]) {
      expect(code).toBe(2)
      expect(err).toMatch(/cannot be read: .*npx passes on no descriptor but 0/)
    }
  })
})
