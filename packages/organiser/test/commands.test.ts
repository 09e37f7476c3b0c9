import type { Choice } from '@cista/protocol'
import { Simulation } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import { act } from '../cli/commands.js'
import { cancelVoter } from '../cli/voters.js'
import { nextTime, organiserStanding } from '../src/index.js'

const keyOf = (role: 'administrator' | 'registrar', { keys }: Simulation) => {
  const [{ key, secret }] = keys[`${role}s`] as [Simulation['keys']['registrars'][number]]
  return { name: 'x', role, key, secret }
}
const reason = 'because'
const yes: Choice = { kind: 'selection', selected: ['yes'] }

describe('act', () => {
  it('signs nothing that leads nowhere once voting can never open, in the words of “status”', () => {
    // The closing time of simulated elections passed long ago.
    const s = new Simulation()
    const { course } = s
    const admin = keyOf('administrator', s)
    const words = /the closing time .* passed before voting could open, and cannot be moved any more/
    const [said] = words.exec(organiserStanding(course, nextTime(course, Date.now() / 1000)).next)!
    expect(() => act(course, 'ceremony-restarted', { attempt: 2, reason }, admin)).toThrow(said)
    expect(() => act(course, 'roll-sealed', { chunks: 0, credentials: 0, weight: 0 }, admin)).toThrow(said)
    expect(act(course, 'notice', { text: 'It is over.' }, admin).kind).toBe('notice')
    expect(act(course, 'aborted', { reason }, admin).kind).toBe('aborted')
  })
})

describe('cancelVoter', () => {
  it('says that it is final, and that a ballot does not count any more', () => {
    const s = new Simulation({ manifest: { paper: true } }).setUp().cast(0, { question: yes })
    const cancel = (i: number) => {
      const { key } = s.voters[i]!.credential
      return cancelVoter(s.course, keyOf('registrar', s), { who: `Voter ${i}`, key }, reason)
    }
    expect(cancel(1).before).toEqual(['Cancelling is final: Voter 1 can vote on paper only.'])
    expect(cancel(0).before).toEqual([
      'Voter 0 has voted: that ballot does not count any more.',
      'Cancelling is final: Voter 0 can vote on paper only.',
    ])
    expect(() => cancel(0)).toThrow('cancelled already')
  })
})
