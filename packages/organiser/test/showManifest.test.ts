import type { Manifest } from '@cista/protocol'
import { votingElection } from '@cista/testkit'
import { expect, it } from 'vitest'
import { manifestLines } from '../cli/showManifest.js'

const { manifest } = votingElection().definition
const shown = (m: unknown) => manifestLines({ id: 'id', manifest: m as Manifest }).join('\n')

/** Every manifest that differs from `value` in one text, number, answer or item. */
function* changes(value: unknown): Generator<unknown> {
  if (typeof value === 'string') yield `${value}x`
  else if (typeof value === 'number') yield value + 1
  else if (typeof value === 'boolean') yield !value
  else if (Array.isArray(value))
    for (const [i, item] of value.entries()) {
      yield value.toSpliced(i, 1)
      for (const other of changes(item)) yield value.with(i, other)
    }
  else
    for (const [key, item] of Object.entries(value as object)) {
      if (key === 'kind') continue
      for (const other of changes(item)) yield { ...(value as object), [key]: other }
    }
}

it('shows all that a manifest says: none that says something else looks the same', () => {
  const { contests, ...rest } = manifest
  const [first, ...others] = contests
  const both = {
    ...rest,
    contests: [
      { ...first!, title: { en: 'Pick', et: 'Vali' }, description: { en: 'One', et: 'Üks' } },
      ...others,
    ],
  }
  const other = [...changes(both)]
  expect(other.length).toBeGreaterThan(100)
  for (const one of other) expect(shown(one)).not.toBe(shown(both))
  for (const key of ['description', 'page'] as const)
    expect(shown({ ...both, [key]: key === 'page' ? {} : undefined })).not.toBe(shown(both))
  expect(shown(both)).toContain(
    '  title, et: Vali\n  description, en:\n    | One\n  description, et:\n    | Üks',
  )
})

it('says rules in words', () => {
  expect(shown(manifest)).toContain('contest pick (selection): choose 1 to 1 of 2 options')
  expect(shown(manifest)).toContain('(score): 0 to 1 point for each of 2 options, at most 2 in all')
  expect(shown(manifest)).toContain('(ranking): rank 1 to 1 of 2 options; the places are worth 1')
  expect(shown(manifest)).toContain('witnesses, 2 cosignatures needed:')
  expect(shown({ ...manifest, witnesses: { keys: [], quorum: 0 } })).toContain('witnesses: none')
})

it('lets no line of a text pass for a line of its own', () => {
  const forged = { ...manifest, description: { en: 'Well.\nelection: another' } }
  expect(shown(forged)).toContain('\n    | Well.\n    | election: another\n')
})
