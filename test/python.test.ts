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

  const verify = (record: string, ...options: string[]) =>
    spawnSync('python3', [`${root}docs/spec/verify.py`, `${root}docs/spec/${record}`, ...options], {
      encoding: 'utf8',
    })

  it('verifies the example', () => {
    const said = verify('example')
    expect(said.status).toBe(0)
    expect(said.stdout).toContain('verdict  verified')
  })

  it('names the election that a record is of, where another was asked for', () => {
    const [, id] = /election ([0-9a-f]{64})/.exec(verify('example').stdout)!
    const asked = 'ab'.repeat(32)
    const said = verify('example', '--election', asked)
    expect(said.status).toBe(1)
    expect(said.stdout).toContain(`MANIFEST_ID  entry 0 (manifest): this is election ${id}, not ${asked}`)
    expect(said.stdout).toContain('verdict  refuted')
    expect(said.stdout).toContain('ANOTHER ELECTION.')
    expect(verify('example', '--election', id!).stdout).not.toContain('ANOTHER ELECTION.')
    // What else may be wrong with an id is no slip of whoever asks.
    const forged = 'vectors/attacks/MANIFEST_ID/another-manifest-beside-the-entry-of-the-signed-one/record'
    const [, hash] = /hash is ([0-9a-f]{64})/.exec(verify(forged).stdout)!
    expect(verify(forged, '--election', hash!).stdout).not.toContain('ANOTHER ELECTION.')
  })

  it('counts nothing in an election that was aborted', () => {
    const said = verify('vectors/elections/aborted/record')
    expect(said.status).toBe(3)
    expect(said.stdout).toContain('\nballots: 1 cast, none counted,')
  })
})
