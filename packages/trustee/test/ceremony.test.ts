import { MemoryRecord, fromBase64url } from '@cista/board'
import { evaluatePolynomial } from '@cista/crypto'
import { decodePayload, shareFileBytes } from '@cista/protocol'
import {
  newTrustee,
  prepareComplaint,
  prepareConfirm,
  prepareDeal,
  prepareJoin,
  standingOf,
} from '@cista/trustee'
import { examineRecord, followRecord, verifyRecord } from '@cista/verifier'
import { testTimes } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import { sealShare } from '../src/shares.js'
import { Trustees, ready, spoilShare } from './support.js'

const dealing = async (t: Trustees, i: number) => ready(await t.prepare(i, prepareDeal))

describe('the ceremony', () => {
  it('makes a key that the verifier accepts', async () => {
    const t = await new Trustees().ceremony()
    t.simulation.roll().open()
    const { report } = await examineRecord(await t.simulation.record(), { election: t.id })
    expect(report.checks.flatMap((c) => c.findings)).toEqual([])
    expect(report.checks.find((c) => c.id === 'V4')!.status).toBe('passed')
  })

  it('works for one trustee alone, and for a threshold of all', async () => {
    for (const [trustees, threshold] of [
      [1, 1],
      [2, 2],
    ] as const) {
      const t = await new Trustees({ trustees, manifest: { threshold } }).ceremony()
      expect(t.simulation.course.phase.ceremonyDone).toBe(true)
    }
  })

  it('deals one age file of the protocol’s length to each', async () => {
    const t = await new Trustees().step(prepareJoin)
    const { submission } = await dealing(t, 1)
    const { shares } = decodePayload(t.simulation.definition.codecs, 'trustee-dealt', submission.payload)
    expect(shares.map((s) => fromBase64url(s).length)).toEqual([1, 2, 3].map(() => shareFileBytes))
  })

  it('gives the same bytes again from the same state, signatures included', async () => {
    const t = new Trustees()
    for (const prepare of [prepareJoin, prepareDeal, prepareConfirm])
      for (const i of t.all) {
        const first = ready(await t.prepare(i, prepare))
        t.states.set(i, first.state)
        const second = ready(await t.prepare(i, prepare))
        expect(second.submission).toEqual(first.submission)
        expect(second.state).toEqual(first.state)
        t.release(i, second)
        expect((await t.prepare(i, prepare)).kind).toBe('done')
      }
    expect(t.simulation.course.phase.ceremonyDone).toBe(true)
  })

  it('waits for the others before it deals or confirms', async () => {
    const t = new Trustees()
    await t.take(1, prepareJoin)
    expect(await t.prepare(1, prepareDeal)).toEqual({
      kind: 'early',
      why: 'still to join: trustee 2 (Trustee 2), trustee 3 (Trustee 3)',
    })
    await t.take(2, prepareJoin)
    await t.take(3, prepareJoin)
    await t.take(2, prepareDeal)
    expect(await t.prepare(2, prepareConfirm)).toMatchObject({ kind: 'early' })
    expect(await t.prepare(2, (c, s) => prepareComplaint(c, s, 1))).toMatchObject({ kind: 'early' })
  })

  it('refuses a key that the manifest does not name', async () => {
    const t = new Trustees()
    const stranger = newTrustee('Stranger')
    for (const prepare of [prepareJoin, prepareDeal, prepareConfirm])
      expect(await prepare(t.simulation.course, stranger)).toMatchObject({ kind: 'refused' })
    expect(standingOf(t.simulation.course, stranger, testTimes.start)).toMatchObject({
      index: undefined,
      next: { action: 'nothing' },
    })
  })

  it('refuses to go on with a file that did not join, or is older than the board', async () => {
    const t = new Trustees()
    const empty = t.state(1)
    await t.step(prepareJoin)
    for (const prepare of [prepareJoin, prepareDeal, prepareConfirm])
      expect(await prepare(t.simulation.course, empty)).toMatchObject({
        kind: 'refused',
        why: expect.stringContaining('knows nothing of'),
      })
    const { state: other } = ready(await prepareJoin(new Trustees().simulation.course, empty))
    expect((await prepareDeal(t.simulation.course, other)).kind).toBe('refused')
  })

  it('names the trustee to whom nothing can be encrypted', async () => {
    const t = new Trustees()
    await t.take(1, prepareJoin)
    await t.take(2, prepareJoin)
    // A recipient of the right form with a wrong checksum.
    t.simulation.join(3)
    expect(await t.prepare(1, prepareDeal)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('trustee 3'),
    })
  })

  it('confirms nothing where the board holds a dealing without proof, or other than announced', async () => {
    for (const field of ['proof', 'commitments'] as const) {
      const edited = new Trustees({
        edit: (payload, s) => {
          if (payload.kind !== 'trustee-dealt' || payload.value.index !== 3) return undefined
          const other = s.course.phase.attempt.dealt.get(2)!
          return { kind: payload.kind, value: { ...payload.value, [field]: other[field] } }
        },
      })
      await edited.step(prepareJoin)
      await edited.take(1, prepareDeal)
      await edited.take(2, prepareDeal)
      const { submission, state } = await dealing(edited, 3)
      edited.states.set(3, state)
      const value = decodePayload(edited.simulation.definition.codecs, 'trustee-dealt', submission.payload)
      edited.simulation.post('trustee-dealt', value)
      const step = await edited.prepare(1, prepareConfirm)
      expect(step).toMatchObject({ kind: 'refused' })
      expect(step.kind === 'refused' && step.findings.map((f) => f.code)).toContain(
        field === 'proof' ? 'DEALING_PROOF' : 'DEALING_COMMITMENT',
      )
    }
  })

  it('does not confirm a second history of one attempt', async () => {
    const t = await new Trustees().step(prepareJoin)
    const fork = new Trustees()
    // The same signed joins on another board, which then orders the dealings otherwise.
    for (const i of fork.all) {
      const { joined } = t.state(i).elections[t.id]!.attempts[0]!
      const value = decodePayload(
        fork.simulation.definition.codecs,
        'trustee-joined',
        fromBase64url(joined.payload),
      )
      fork.simulation.post('trustee-joined', value)
      fork.states.set(i, t.state(i))
    }
    await t.step(prepareDeal)
    for (const i of [3, 2, 1]) {
      fork.states.set(i, t.state(i))
      await fork.take(i, prepareDeal)
    }
    await t.take(1, prepareConfirm)
    expect(await prepareConfirm(fork.simulation.course, t.state(1))).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('another history'),
    })
  })

  it('ends with the opening, and with an abort', async () => {
    const t = await new Trustees().ceremony()
    t.simulation.roll().open()
    expect((await t.prepare(1, prepareJoin)).kind).toBe('done')
    t.simulation.post('aborted', { reason: 'a test' })
    expect((await t.prepare(1, prepareJoin)).kind).toBe('refused')
  })
})

describe('a wrong share', () => {
  async function withSpoiltShare(file: (t: Trustees) => Promise<Uint8Array>) {
    const t = await new Trustees().step(prepareJoin)
    await t.take(1, prepareDeal)
    await t.take(3, prepareDeal)
    const dealt = await dealing(t, 2)
    t.states.set(2, dealt.state)
    t.simulation.post('trustee-dealt', spoilShare(t.simulation, dealt, 1, await file(t)))
    return t
  }
  const recipientOf = (t: Trustees, i: number) => t.simulation.course.phase.attempt.joined.get(i)!.recipient

  it.each([
    [
      'of another number',
      async (t: Trustees) => (await sealShare(evaluatePolynomial([5n, 7n], 1), recipientOf(t, 1)))!,
    ],
    ['for another trustee', async (t: Trustees) => (await sealShare(5n, recipientOf(t, 3)))!],
    ['that is no age file', async () => new Uint8Array(shareFileBytes)],
  ])('%s: the receiver names the dealer, the others confirm', async (_, file) => {
    const t = await withSpoiltShare(file)
    expect(await t.prepare(1, prepareConfirm)).toMatchObject({ kind: 'fault', dealer: 2 })
    await t.take(3, prepareConfirm)

    const complaint = ready(await t.prepare(1, (c, s) => prepareComplaint(c, s, 2)))
    t.states.set(1, complaint.state)
    expect(ready(await t.prepare(1, (c, s) => prepareComplaint(c, s, 2))).submission).toEqual(
      complaint.submission,
    )
    expect((await t.prepare(1, prepareConfirm)).kind).toBe('refused')
    t.release(1, complaint)
    expect((await t.prepare(1, (c, s) => prepareComplaint(c, s, 2))).kind).toBe('done')
    expect((await t.prepare(2, prepareConfirm)).kind).toBe('early')
    expect(standingOf(t.simulation.course, t.state(2), testTimes.start)).toMatchObject({
      complaint: { accuser: 1, accused: 2 },
      next: { action: 'wait' },
    })
  })

  it('is followed by an attempt with fresh keys', async () => {
    const t = await withSpoiltShare(async () => new Uint8Array(shareFileBytes))
    await t.take(1, (c, s) => prepareComplaint(c, s, 2))
    t.simulation.post('ceremony-restarted', { attempt: 2, reason: 'a complaint' })
    await t.ceremony()
    expect(t.simulation.course.phase.ceremonyDone).toBe(true)
    const [first, second] = t.state(1).elections[t.id]!.attempts
    expect(second!.identity).not.toBe(first!.identity)
    expect(second!.coefficients.some((a) => first!.coefficients.includes(a))).toBe(false)
    t.simulation.roll().open()
    expect((await verifyRecord(await t.simulation.record(), { election: t.id })).verdict).toBe('unfinished')
  })

  it('is not claimed of a right one', async () => {
    const t = await new Trustees().step(prepareJoin)
    await t.step(prepareDeal)
    for (const accused of [1, 2, 3])
      expect(await t.prepare(1, (c, s) => prepareComplaint(c, s, accused))).toMatchObject({ kind: 'refused' })
    expect((await t.prepare(1, (c, s) => prepareComplaint(c, s, 9))).kind).toBe('refused')
    await t.take(1, prepareConfirm)
    expect((await t.prepare(1, (c, s) => prepareComplaint(c, s, 2))).kind).toBe('refused')
  })
})

describe('standingOf', () => {
  it('sends nobody into a ceremony that can lead nowhere', () => {
    const t = new Trustees()
    const late = standingOf(t.simulation.course, t.state(1), testTimes.closes)
    expect(late.next).toMatchObject({ action: 'nothing', text: expect.stringContaining('only abort') })
  })

  it('says of a file that is older than the board so, and never what the step would refuse', async () => {
    const t = new Trustees()
    const next = (i: number, state = t.state(i)) => standingOf(t.simulation.course, state, testTimes.start)
    const empty = t.state(1)
    await t.step(prepareJoin)
    expect(next(1)).toMatchObject({ older: false, next: { action: 'deal' } })
    const older = { older: true, next: { action: 'nothing', text: expect.stringContaining('older') } }
    expect(next(1, empty)).toMatchObject(older)
    const joined = t.state(1)
    const [own] = joined.elections[t.id]!.attempts
    await t.step(prepareDeal)
    await t.step(prepareConfirm)
    // With its join a file has all that later steps and the decryption need.
    expect(next(1, joined)).toMatchObject({ older: false, next: { action: 'wait' } })
    const other = { ...own!, coefficients: own!.coefficients.toReversed() }
    expect(next(1, { ...joined, elections: { [t.id]: { attempts: [other] } } })).toMatchObject(older)
    t.simulation.roll().open()
    expect(next(1, empty).next.text).toContain('you cannot decrypt')
    t.simulation.post('aborted', { reason: 'a test' })
    expect(next(1, empty).next.text).toContain('aborted')
  })

  it('tells each step in its turn, from a record that was followed', async () => {
    const t = new Trustees()
    const actions: string[] = []
    const look = async () => {
      const course = await followRecord(await t.simulation.record(), t.id)
      actions.push(standingOf(course, t.state(1), t.simulation.now).next.action)
    }
    await look()
    await t.take(1, prepareJoin)
    await look()
    await t.step(prepareJoin, [1])
    await look()
    await t.take(1, prepareDeal)
    await look()
    await t.step(prepareDeal, [1])
    await look()
    await t.take(1, prepareConfirm)
    await look()
    await t.step(prepareConfirm, [1])
    t.simulation.roll().open()
    await look()
    t.simulation.close()
    await look()
    await t.simulation.tally()
    await look()
    expect(actions).toEqual([
      'join',
      'wait',
      'deal',
      'wait',
      'confirm',
      'wait',
      'wait',
      'wait',
      // No ballots: every unit is withheld.
      'nothing',
    ])
  })

  it('does not take a record of another election', async () => {
    const record = await new Trustees().simulation.record()
    await expect(followRecord(record, '0'.repeat(64))).rejects.toThrow('not the published')
    await expect(followRecord(new MemoryRecord(), '0'.repeat(64))).rejects.toThrow('checkpoint')
  })
})
