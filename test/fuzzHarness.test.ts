import { spawnSync } from 'node:child_process'
import { DecodeError, utf8 } from '@cista/board'
import { describe, expect, it } from 'vitest'
import { UsageError, readOptions } from '../scripts/fuzz/options.js'
import { seeded, taped } from '../scripts/fuzz/random.js'
import { Failed, acceptSamples, runCases, tallyOf } from '../scripts/fuzz/run.js'
import { Broken, Crash, holds, judge, makeInput, parser } from '../scripts/fuzz/target.js'
import { root } from './files.js'

const sample = utf8('{"a":[1,"00ff00ff00ff00ff"]}')
const target = (run: Parameters<typeof parser>[3]) => parser('test', 'json', [sample], run)
const thrown = (error: unknown) => () => {
  throw error
}
const overflow = (): boolean => overflow()

describe('a case', () => {
  it('is accepted, or refused with an error that is declared', async () => {
    expect(
      await judge(
        target(() => true),
        sample,
        sample,
      ),
    ).toBe(true)
    expect(await judge(target(thrown(new DecodeError('a', 'b'))), sample, sample)).toBe(false)
    expect(
      await judge(
        target(async () => thrown(new DecodeError('a', 'b'))()),
        sample,
        sample,
      ),
    ).toBe(false)
  })

  it.each<[string, () => boolean]>([
    ['an error of another class', thrown(new TypeError('x is not a function'))],
    ['what is no error', thrown('no')],
    ['something false of what was accepted', () => (holds(false, 'no'), true)],
    ['a full stack', overflow],
  ])('crashes by %s', (_, run) => {
    expect(() => judge(target(run), sample, sample)).toThrow(Crash)
    const lenient = { ...target(run), refusals: [DecodeError, RangeError] }
    expect(() => judge(lenient, sample, sample)).toThrow(Crash)
  })

  it('fails with its number, by which it is made again', async () => {
    const at = tallyOf(target((input) => (holds(input.length !== sample.length, 'as long'), true)))
    const failed = await runCases(at, 1, 10_000).catch((error: unknown) => error)
    if (!(failed instanceof Failed)) throw new Error('did not fail')
    expect(failed.crash.cause).toBeInstanceOf(Broken)
    expect(failed.index).toBe(at.next)
    expect(makeInput(at.target, seeded(1, 'test', failed.index)).input).toEqual(failed.crash.input)
  })

  it('fails where a valid input is refused', () =>
    expect(acceptSamples(target(() => false))).rejects.toBeInstanceOf(Crash))
})

describe('decisions', () => {
  const draw = (random: ReturnType<typeof seeded>) => Array.from({ length: 50 }, () => random.below(1_000))

  it('are the same for the same seed, name and number, and for no others', () => {
    expect(draw(seeded(7, 'a', 1))).toEqual(draw(seeded(7, 'a', 1)))
    const others = [seeded(8, 'a', 1), seeded(7, 'b', 1), seeded(7, 'a', 2), seeded(7, 'a', 1 + 2 ** 32)]
    for (const other of others) expect(draw(other)).not.toEqual(draw(seeded(7, 'a', 1)))
  })

  it('come from a tape, and are zeros behind its end', () => {
    expect(draw(taped([5, 1_003]))).toEqual([5, 3, ...new Array<number>(48).fill(0)])
  })
})

describe('the command', () => {
  it('reads its options', () => {
    expect(readOptions(['--cases', '10', '--seed', '3', '--target', 'note', '--case', '4'])).toEqual({
      cases: 10,
      seconds: undefined,
      seed: 3,
      target: 'note',
      only: 4,
    })
    expect(readOptions(['--seconds', '5'])).toMatchObject({ cases: undefined, seconds: 5 })
    expect(readOptions([])?.cases).toBe(100_000)
    for (const bad of [['--cases', '-1'], ['--seed', '4294967296'], ['--case', '1'], ['--what'], ['note']])
      expect(() => readOptions(bad)).toThrow(UsageError)
  })

  it('ends where a case never ends, and says which', () => {
    const script = `
      import { watchOver } from './scripts/fuzz/watch.ts'
      watchOver(['first', 'second'], 1, 7).start('second', 42)
      for (;;);`
    const node = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd: root,
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(node.stderr).toContain('hangs: second, case 42')
    expect(node.stderr).toContain("--seed 7 --target 'second' --case 42")
    expect(node.signal).toBe('SIGKILL')
  })
})
