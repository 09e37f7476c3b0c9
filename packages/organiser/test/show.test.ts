import { Simulation } from '@cista/testkit'
import { encodePayload, submission } from '@cista/protocol'
import { expect, it } from 'vitest'
import { describeSubmission } from '../cli/show.js'

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
