import { type MemoryRecord, fromBase64url, utf8 } from '@cista/board'
import { judgeRecord, prepareComplaint, prepareConfirm, prepareDeal, prepareJoin } from '@cista/trustee'
import { generateX25519Identity } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { Trustees, ready, spoilShare } from './support.js'

async function dealtTrustees(): Promise<Trustees> {
  const t = await new Trustees().step(prepareJoin)
  return t.step(prepareDeal)
}
const judge = async (t: Trustees) => judgeRecord(await t.simulation.record(), t.id)
const identityOf = (t: Trustees, i: number) => t.state(i).elections[t.id]!.attempts.at(-1)!.identity

describe('judgeRecord', () => {
  it('names the dealer of a wrong share, also when the ceremony has gone on', async () => {
    const t = await new Trustees().step(prepareJoin)
    await t.take(1, prepareDeal)
    await t.take(2, prepareDeal)
    const dealt = ready(await t.prepare(3, prepareDeal))
    t.states.set(3, dealt.state)
    // The first trustee's share in the second trustee's place: a good file, for somebody else.
    const first = t.simulation.course.phase.attempt.dealt.get(1)!.shares[0]!
    t.simulation.post('trustee-dealt', spoilShare(t.simulation, dealt, 2, fromBase64url(first)))
    await t.take(2, (c, s) => prepareComplaint(c, s, 3))
    const expected = {
      judgements: [
        {
          attempt: 1,
          accuser: 2,
          accused: 3,
          guilty: 3,
          why: expect.stringContaining('cannot be opened by the one it is for'),
        },
      ],
    }
    expect(await judge(t)).toEqual(expected)
    t.simulation.post('ceremony-restarted', { attempt: 2, reason: 'a complaint' })
    await t.ceremony()
    t.simulation.roll().open()
    expect(await judge(t)).toEqual(expected)
  })

  it('names who complains about a right share', async () => {
    const t = await dealtTrustees()
    t.simulation.post('trustee-complained', { accused: 3, attempt: 1, identity: identityOf(t, 2), index: 2 })
    expect(await judge(t)).toMatchObject({
      judgements: [{ guilty: 2, why: expect.stringContaining('is right') }],
    })
  })

  it('names who complains with another identity than the one it joined with', async () => {
    const others = [await generateX25519Identity(), `AGE-SECRET-KEY-1${'Q'.repeat(58)}`]
    for (const identity of others) {
      const t = await dealtTrustees()
      t.simulation.post('trustee-complained', { accused: 3, attempt: 1, identity, index: 2 })
      expect(await judge(t)).toMatchObject({
        judgements: [{ guilty: 2, why: expect.stringContaining('another age identity') }],
      })
    }
  })

  it('has nothing to judge where nobody complained', async () => {
    const t = await dealtTrustees()
    await t.step(prepareConfirm)
    expect(await judge(t)).toEqual({ judgements: [] })
  })

  it('judges no record that is not in order', async () => {
    const t = await dealtTrustees()
    const record: MemoryRecord = await t.simulation.record()
    await record.write('stray', utf8('?'))
    expect(await judgeRecord(record, t.id)).toMatchObject({ findings: [{ code: 'BOARD_STRAY' }] })
    expect(await judgeRecord(record, '0'.repeat(64))).toMatchObject({ findings: [{ code: 'MANIFEST_ID' }] })
  })
})
