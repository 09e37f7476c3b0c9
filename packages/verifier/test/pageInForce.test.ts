import { DecodeError, checkpointPath, utf8 } from '@cista/board'
import { Simulation } from '@cista/testkit'
import { expect, it } from 'vitest'
import { followEntries, pageInForce } from '../src/index.js'

const page = { 'index.html': 'ab'.repeat(32) }
const inForce = async (s: Simulation) => {
  const { definition, entries } = await followEntries(await s.record(), s.definition.id)
  return pageInForce(definition, entries)
}

it('the page is that of the manifest, then that of the last entry about it', async () => {
  const s = new Simulation({ manifest: { page } })
  expect(await inForce(s)).toEqual({ files: page, since: undefined })
  s.post('notice', { text: 'nothing of the page' })
  for (const n of ['1', '2'])
    s.pass(60).post('page-changed', { page: { [`${n}.html`]: n.repeat(64) }, reason: `change ${n}` })
  s.post('notice', { text: 'the end' })
  expect(await inForce(s)).toEqual({
    files: { '2.html': '2'.repeat(64) },
    since: { index: 3, time: s.log[3]!.entry.batchTime, reason: 'change 2' },
  })
  s.post('page-changed', { page: {}, reason: 'no page any more' })
  expect((await inForce(s)).files).toEqual({})
})

it('the page of a record that does not hold is not said', async () => {
  const s = new Simulation({ manifest: { page } }).post('notice', { text: 'x' })
  const { id } = s.definition
  await expect(followEntries(await s.record(), '00'.repeat(32))).rejects.toThrow(DecodeError)
  const record = await s.record()
  await record.write(checkpointPath, utf8('no checkpoint\n'))
  await expect(followEntries(record, id)).rejects.toThrow(DecodeError)
  const forged = new Simulation({
    manifest: { page },
    resign: ({ kind }) => (kind === 'page-changed' ? [] : undefined),
  }).post('page-changed', { page: {}, reason: 'signed by nobody' })
  await expect(followEntries(await forged.record(), forged.definition.id)).rejects.toThrow(
    'SIGNATURE_SIGNERS',
  )
})
