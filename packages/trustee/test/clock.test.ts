import { fromTimestamp } from '@cista/board'
import { prepareDecryption } from '@cista/trustee'
import { expect, it } from 'vitest'
import { Trustees } from './support.js'

it('decrypts nothing of a board that has closed before its time', async () => {
  const t = await new Trustees().tally()
  const record = await t.simulation.record()
  const { closes, manifest } = t.simulation.course.phase
  const decryptAt = (now: number) => prepareDecryption(record, t.id, t.state(1), { now })
  const early = await decryptAt(fromTimestamp(closes) - 3_600)
  expect(early).toMatchObject({ kind: 'refused', why: expect.stringContaining('still to come') })
  expect((await decryptAt(fromTimestamp(closes) + 3_600 - manifest.tolerance)).kind).toBe('ready')
})
