import { equalBytes, fromUtf8 } from '@cista/board'
import {
  type Expected,
  attacks,
  makeGiven,
  samples,
  vectorFiles,
  vectorFolders,
  vectors,
} from '@cista/testkit'
import { examineRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

// Where one of these fails after a change that is meant to change records: npm run vectors
describe('the stored vectors (npm run vectors)', () => {
  it('are those that testkit makes, no more and no less', () => {
    expect(vectorFolders()).toEqual(vectors.map((vector) => vector.folder).sort())
  })

  it.each(vectors.map((vector) => [vector.folder, vector] as const))(
    'are made again: %s',
    async (_, vector) => {
      const { files: made, given } = await makeGiven(vector)
      const stored = vectorFiles(vector.folder)
      // What else it says of them, the verifier's own test of these vectors compares.
      const { 'expected.json': said, ...others } = Object.fromEntries(stored)
      expect(JSON.parse(fromUtf8(said!))).toMatchObject({ about: vector.about, given })
      expect(Object.keys(others).sort()).toEqual([...made.keys()].sort())
      const changed = [...made].filter(([path, bytes]) => !equalBytes(stored.get(path)!, bytes))
      expect(changed.map(([path]) => path)).toEqual([])
    },
  )
})

describe('elections as they should be', () => {
  it.each(samples.map((sample) => [sample.name, sample] as const))('%s', (name, sample) => {
    const { verdict, results, ballots } = JSON.parse(
      new TextDecoder().decode(vectorFiles(`elections/${name}`).get('expected.json')),
    ) as Expected
    const votes = results.map(({ unit, withheld, totals }) => [
      unit,
      withheld ? undefined : Object.fromEntries(totals.map((total) => [total.option, total.votes])),
    ])
    expect(verdict).toBe(sample.verdict)
    expect(Object.fromEntries(votes)).toEqual(sample.votes ?? {})
    expect(ballots).toMatchObject(sample.ballots ?? {})
  })
})

describe('controls', () => {
  const controls = [...new Set(attacks.map((attack) => attack.control))]
  it.each(
    controls.map((control) => [attacks.find((attack) => attack.control === control)!.name, control] as const),
  )('what “%s” corrupts has no fault', async (_, control) => {
    const { record, options } = await control()
    const { report } = await examineRecord(record, options)
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    const passed = report.checks.filter((check) => check.status === 'passed').map((check) => check.id)
    for (const { trips } of attacks.filter((attack) => attack.control === control))
      expect(passed).toContain(trips)
  })
})
