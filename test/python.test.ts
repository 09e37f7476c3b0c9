import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { root } from './files.js'

// The verifier in Python needs nothing but Python; where there is none, scripts/test.sh says so.
const python = spawnSync('python3', ['--version']).status === 0

describe.runIf(python)('the verifier in Python', () => {
  it('says of every test vector what ours says', () => {
    const said = execFileSync('python3', [`${root}docs/spec/vectors/run.py`], { encoding: 'utf8' })
    expect(said).toMatch(/(\d+) of \1 vectors agree/)
  })

  it('verifies the example', () => {
    const said = spawnSync('python3', [`${root}docs/spec/verify.py`, `${root}docs/spec/example`], {
      encoding: 'utf8',
    })
    expect(said.status).toBe(0)
    expect(said.stdout).toContain('verdict  verified')
  })
})
