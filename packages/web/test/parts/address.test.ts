import { describe, expect, it } from 'vitest'
import { electionOf, pageAddress } from '../../src/parts/address.js'

const [id, other] = ['a'.repeat(64), 'b'.repeat(64)]

describe('the election that an address names', () => {
  it.each([
    ['as it is written', `?election=${id}`],
    ['in capitals', `?election=${id.toUpperCase()}`],
    ['percent-encoded', `?election=%61${id.slice(1)}`],
    ['the first of two', `?election=${id}&election=${other}`],
    ['beside what no page asks for', `?next=javascript:alert(1)&election=${id}&lang=xx`],
  ])('%s', (_, search) => expect(electionOf({ search })).toBe(id))

  it.each([
    '',
    '?election',
    '?election=',
    `?election=${id}0`,
    `?election=${id.slice(1)}`,
    `?election=${id.slice(1)}g`,
    `?election=${id}%0a`,
    `?election=${id}%00`,
    `?election=../${id}`,
    `?election=&election=${id}`,
    `?Election=${id}`,
    '?election=javascript:alert(1)',
    '?election=%',
  ])('is none: %s', (search) => expect(electionOf({ search })).toBeUndefined())

  it('leads from page to page', () => {
    expect(pageAddress('vote', id)).toBe(`vote.html?election=${id}`)
    expect(pageAddress('index', undefined)).toBe('index.html')
  })
})
