import { describe, expect, it } from 'vitest'
import { lockFaults } from '../scripts/check-lock.mjs'
import { filesBelow, isSource, read } from './files.js'

const files = filesBelow('')
const text = files.filter((path) =>
  /\.(ts|tsx|js|mjs|json|md|sh|ya?ml|css|html)$|(^|\/)(run|Dockerfile)$/.test(path),
)
const packages = (part: string): string[] =>
  files.filter((path) => new RegExp(`^packages/[a-z]+/${part}/`).test(path) && isSource(path))

const thatMatch = (paths: readonly string[], pattern: RegExp): string[] =>
  paths.filter((path) => pattern.test(read(path)))

describe('the sources', () => {
  it('draw no randomness from Math', () => {
    expect(thatMatch([...packages('src'), ...packages('cli')], /\bMath\s*(\.\s*random|\[)/)).toEqual([])
  })

  it('skip no test and single none out', () => {
    const tests = [...packages('test'), ...filesBelow('test')]
    expect(
      thatMatch(
        tests,
        /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|only|todo|fails)\b|\b[xf](?:it|describe)\(/,
      ),
    ).toEqual([])
  })

  it('name no folder of one machine', () => {
    const own = text.filter((path) => path !== 'package-lock.json' && !/\/(?:vectors|data)\//.test(path))
    expect(thatMatch(own, /(?:^|[\s"'`=(:])(?:\/(?:home|Users|root|work)\/|[A-Z]:\\Users\\)/m)).toEqual([])
  })

  it('leave no conflict marker behind', () => {
    expect(thatMatch(text, /^(?:<{7}|>{7}) /m)).toEqual([])
  })
})

describe('the lockfile', () => {
  const integrity = `sha512-${'A'.repeat(86)}==`
  const lock = (packages: Parameters<typeof lockFaults>[0]['packages']) => ({
    lockfileVersion: 3,
    packages: { '': { version: '0.1.0' }, ...packages },
  })

  it('has no fault', () => {
    expect(lockFaults(JSON.parse(read('package-lock.json')))).toEqual([])
  })

  it.each([
    ['no version', { 'node_modules/a': { integrity } }],
    ['no SHA-512 integrity', { 'node_modules/a': { version: '1.0.0' } }],
    ['no SHA-512 integrity', { 'node_modules/a': { version: '1.0.0', integrity: 'sha1-AAAA' } }],
    [
      'names a download address',
      { 'node_modules/a': { version: '1.0.0', integrity, resolved: 'https://x/a.tgz' } },
    ],
    [
      'b has no entry',
      { 'node_modules/a': { version: '1.0.0', integrity, optionalDependencies: { b: '1' } } },
    ],
    ['links to a folder outside', { 'node_modules/a': { link: true, resolved: '../a' } }],
  ])('would be refused: %s', (why, packages) => {
    expect(lockFaults(lock(packages))).toEqual([expect.stringContaining(why)])
  })

  it('may hold a nested optional dependency', () => {
    const entry = { version: '1.0.0', integrity }
    const nested = {
      'node_modules/a': { ...entry, optionalDependencies: { b: '1' } },
      'node_modules/a/node_modules/b': entry,
    }
    expect(lockFaults(lock(nested))).toEqual([])
  })
})
