import { Simulation } from '@cista/testkit'
import { encodePayload, submission } from '@cista/protocol'
import { expect, it } from 'vitest'
import { compareRoll, describeSubmission } from '../cli/show.js'

it('compares a drafted roll with a roll file, credential by credential', () => {
  const { definition } = new Simulation()
  const rolled = (i: number) => ({ key: i.toString(16).padStart(64, '0'), style: 'all', weight: 1 })
  const roll = [1, 2, 3, 4].map(rolled)
  const draft = (...credentials: typeof roll) =>
    submission('roll', encodePayload(definition.codecs, 'roll', { credentials, sequence: 0 }), [])
  expect(describeSubmission(definition, draft(...roll)).join()).toContain('4 credentials, total weight 4')
  expect(compareRoll(definition, draft(...roll.slice(1, 3)), roll, 'F')).toContain('F, 2 to 3 of its 4')
  for (const wrong of [
    draft(rolled(1), rolled(3)),
    draft(rolled(9)),
    draft(rolled(4), rolled(5)),
    draft({ ...rolled(1), weight: 2 }),
  ])
    expect(() => compareRoll(definition, wrong, roll, 'F')).toThrow('do not sign')
  const notice = encodePayload(definition.codecs, 'notice', { sequence: 0, text: 'x' })
  expect(() => compareRoll(definition, submission('notice', notice, []), roll, 'F')).toThrow(
    'leave --roll out',
  )
})

it('shows a co-signer all that is signed, however long it is', () => {
  const { definition } = new Simulation()
  const hex = (i: number) => i.toString(16).padStart(64, '0')
  const payload = encodePayload(definition.codecs, 'roll-changed', {
    added: Array.from({ length: 100 }, (_, i) => ({ key: hex(i), style: 'all', weight: 1 })),
    reason: 'latecomers',
    rekeyed: [],
    removed: [hex(1000)],
    restyled: [],
    reweighted: [],
    sequence: 3,
  })
  const shown = describeSubmission(definition, submission('roll-changed', payload, [])).join('\n')
  for (const hidden of [hex(99), hex(1000), 'latecomers']) expect(shown).toContain(hidden)
})
