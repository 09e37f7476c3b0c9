import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { bin, file, good, outcomeOf, useCommand } from './command.js'

useCommand()

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
