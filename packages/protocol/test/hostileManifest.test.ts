import { boardKey, witnessKey } from '@cista/board'
import { testKeys, testManifest } from '@cista/testkit'
import { describe, expect, test } from 'vitest'
import { manifestFaults } from '../src/index.js'

const keys = testKeys('hostile manifest')
const option = (id: string) => ({ id, title: { en: id } })

/** Anybody may send a manifest to a server, and a verifier reads whatever it is given: both must say no at little cost. */
describe('a manifest that asks for much work', () => {
  test('a ranking of more places than options is refused before its form is built', () => {
    const contests = Array.from({ length: 256 }, (_, i) => ({
      id: `c${i}`,
      kind: 'ranking' as const,
      max: 1024,
      min: 0,
      options: [option('only')],
      points: [1],
      title: { en: 'Rank' },
    }))
    const manifest = testManifest(keys, {
      contests,
      styles: [{ contests: contests.map((c) => c.id), id: 'all' }],
      units: contests.map((c) => ({ contest: c.id, id: c.id, styles: ['all'] })),
    })
    const started = performance.now()
    const codes = manifestFaults(manifest).map((f) => f.code)
    // Half a million cells in sums for each contest took 15 MB and 50 ms, 4 GB in all.
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(codes.filter((code) => code === 'MANIFEST_RULE')).toHaveLength(512)
  })

  test('many units that name styles again and again cost what their bytes cost, and one fault for each style', () => {
    const styles = Array.from({ length: 1024 }, (_, i) => ({ contests: ['question'], id: `s${i}` }))
    const units = Array.from({ length: 180 }, (_, i) => ({
      contest: 'question',
      id: `u${i}`,
      styles: Array.from({ length: 1024 }, () => 'unknown'),
    }))
    expect(manifestFaults(testManifest(keys, { styles, units }))).toHaveLength(1025)
  })

  test('an origin that no checkpoint can carry is refused', () => {
    const faultsOf = (origin: string) =>
      manifestFaults(testManifest(keys, { board: boardKey(keys.board, origin) }))
    expect(faultsOf('a'.repeat(255))).toEqual([])
    expect(faultsOf('a'.repeat(256))).toEqual([
      { code: 'MANIFEST_KEY', path: 'board', why: 'an origin longer than 255 bytes' },
    ])
    // A witness is the origin of no checkpoint.
    const witness = witnessKey(new Uint8Array(32).fill(2), 'w'.repeat(256))
    expect(manifestFaults(testManifest(keys, { witnesses: { keys: [witness], quorum: 1 } }))).toEqual([])
  })
})
