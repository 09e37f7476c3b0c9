import { announcementOf } from '@cista/protocol'
import { expect, it } from 'vitest'

const [sequence, reason, closes] = [1, 'snow', '2026-01-06T00:00:00Z']

it('is the text of a notice, and the reason of what concerns everybody', () => {
  expect(announcementOf({ kind: 'notice', value: { sequence, text: 'Soon.' } })).toEqual({
    kind: 'notice',
    text: 'Soon.',
  })
  expect(announcementOf({ kind: 'extended', value: { sequence, reason, closes } })).toEqual({
    kind: 'extended',
    text: reason,
    closes,
  })
  expect(announcementOf({ kind: 'close-requested', value: { sequence, reason } })).toEqual({
    kind: 'close-requested',
    text: reason,
  })
  expect(announcementOf({ kind: 'page-changed', value: { sequence, reason, page: {} } })).toEqual({
    kind: 'page-changed',
    text: reason,
  })
})

it('is nothing where an entry speaks of something else, or says it by itself', () => {
  expect(announcementOf({ kind: 'aborted', value: { sequence, reason } })).toBeUndefined()
  expect(
    announcementOf({ kind: 'cancelled', value: { sequence, reason, credential: 'a' } as never }),
  ).toBeUndefined()
})
