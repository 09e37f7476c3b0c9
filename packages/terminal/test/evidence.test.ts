import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { submission } from '@cista/protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepEvidence } from '../src/index.js'

const sent = submission('notice', new TextEncoder().encode('{"text":"a remark"}'), [])
const answer = {
  url: 'https://vote.example.org/api/elections/0/entries',
  election: '0'.repeat(64),
  entry: '{"index":"7"}',
  receipt: 'c2sp.org/tlog-proof@v1\nindex 0\n',
}
const name = (ending: string) => `evidence-${sent.hash.slice(0, 8)}${ending}.json`

describe('a worthless answer', () => {
  const before = process.cwd()
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cista-evidence-'))
    process.chdir(folder)
  })
  afterEach(() => {
    process.chdir(before)
    rmSync(folder, { recursive: true, force: true })
  })

  it('is kept whole, with what it was the answer to', async () => {
    expect(await keepEvidence(sent, answer)).toContain(name(''))
    const kept = readFileSync(name(''), 'utf8')
    expect(kept).toMatch(/\}\n$/)
    expect(JSON.parse(kept)).toEqual({
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      kind: 'notice',
      submission: sent.hash,
      ...answer,
    })
  })

  it('replaces no other file', async () => {
    writeFileSync(name(''), 'from before')
    expect(await keepEvidence(sent, answer)).toContain(name('-2'))
    expect(await keepEvidence(sent, answer)).toContain(name('-3'))
    expect(readFileSync(name(''), 'utf8')).toBe('from before')
    expect(readdirSync('.')).toHaveLength(3)
  })

  it('is given in full where no file can be written', async () => {
    rmSync(folder, { recursive: true })
    const said = await keepEvidence(sent, answer)
    expect(said).toContain('cannot be written')
    for (const part of [sent.hash, ...Object.values(answer)]) expect(said).toContain(JSON.stringify(part))
  })
})
