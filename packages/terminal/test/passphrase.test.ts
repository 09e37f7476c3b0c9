import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Failure, choosePassphrase, readPassphrase } from '../src/index.js'

afterEach(() => vi.unstubAllEnvs())

/** Works with the descriptor of a file that holds the line. */
async function withLine<T>(line: string, work: (passphraseFd: number) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'cista-passphrase-'))
  writeFileSync(join(folder, 'line'), `${line}\n`)
  const fd = openSync(join(folder, 'line'), 'r')
  try {
    return await work(fd)
  } finally {
    closeSync(fd)
    rmSync(folder, { recursive: true })
  }
}

describe('a passphrase', () => {
  it('comes from the descriptor, else from CISTA_PASSPHRASE', async () => {
    vi.stubEnv('CISTA_PASSPHRASE', 'from the environment')
    expect(await readPassphrase({})).toBe('from the environment')
    await withLine('from a descriptor', async (passphraseFd) =>
      expect(await readPassphrase({ passphraseFd })).toBe('from a descriptor'),
    )
  })

  it('of an old file may be short, that of a new one not', async () => {
    vi.stubEnv('CISTA_PASSPHRASE', 'seven 7')
    expect(await readPassphrase({})).toBe('seven 7')
    await expect(choosePassphrase({})).rejects.toThrow(Failure)
    await withLine('seven 7', (passphraseFd) =>
      expect(choosePassphrase({ passphraseFd })).rejects.toThrow('at least 8 characters'),
    )
    vi.stubEnv('CISTA_PASSPHRASE', 'eight  8')
    expect(await choosePassphrase({})).toBe('eight  8')
  })

  it('is counted in characters, however many bytes or units they take', async () => {
    vi.stubEnv('CISTA_PASSPHRASE', '🔑'.repeat(7))
    await expect(choosePassphrase({})).rejects.toThrow('at least 8 characters')
    vi.stubEnv('CISTA_PASSPHRASE', '🔑'.repeat(8))
    expect(await choosePassphrase({})).toBe('🔑'.repeat(8))
  })
})
