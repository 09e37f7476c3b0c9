import { type MemoryRecord, utf8 } from '@cista/board'
import { decodePayload } from '@cista/protocol'
import {
  type TrusteeState,
  type VerifiedTally,
  newTrustee,
  prepareDecryption,
  standingOf,
} from '@cista/trustee'
import { verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { fork } from './fork.js'
import { Trustees, post, ready, yes } from './support.js'

/** Long after the simulated elections have closed, by the trustee's own clock. */
const now = Date.parse('2030-01-01T00:00:00Z') / 1000

const decrypt = async (t: Trustees, i: number, record?: MemoryRecord) =>
  prepareDecryption(record ?? (await t.simulation.record()), t.id, t.state(i), { now })

describe('prepareDecryption', () => {
  it('gives the totals, whichever t of n decrypt', async () => {
    for (const chosen of [
      [1, 2],
      [1, 3],
      [3, 2],
    ]) {
      const t = await new Trustees().tally()
      for (const i of chosen) t.release(i, ready(await decrypt(t, i)))
      t.simulation.result()
      const report = await verifyRecord(await t.simulation.record(), { election: t.id })
      expect(report.verdict).toBe('verified')
      expect(report.results[0]!.totals.map((o) => o.votes)).toEqual([2, 1])
      expect((await decrypt(t, chosen[0]!)).kind).toBe('done')
      const late = t.all.find((i) => !chosen.includes(i))!
      expect(await decrypt(t, late)).toMatchObject({
        kind: 'done',
        why: expect.stringContaining('published'),
      })
    }
  })

  it('records the tally in the state it returns, and repeats the same bytes from there', async () => {
    const t = await new Trustees().tally()
    const first = ready(await decrypt(t, 1))
    expect(first.state.elections[t.id]!.tallied).toBe(t.simulation.course.phase.tallied!.leaf)
    t.states.set(1, first.state)
    const second = ready(await decrypt(t, 1))
    expect(second.submission).toEqual(first.submission)
    expect(standingOf(t.simulation.course, t.state(1), t.simulation.now).next.action).toBe('decrypt')
    t.release(1, second)
    expect((await decrypt(t, 1)).kind).toBe('done')
    expect(standingOf(t.simulation.course, t.state(1), t.simulation.now).next.action).toBe('nothing')
  })

  it('asks for agreement to what verified, and decrypts nothing without it', async () => {
    const t = await new Trustees().vote()
    const before = t.simulation.size
    await t.simulation.close().tally()
    const record = await t.simulation.record()
    const shown: VerifiedTally[] = []
    const ask = (source: MemoryRecord, state: TrusteeState, answer: boolean) =>
      prepareDecryption(source, t.id, state, {
        now,
        agree(verified) {
          shown.push(verified)
          return answer
        },
      })
    expect((await ask(record, t.state(1), false)).kind).toBe('done')
    const { state } = ready(await ask(record, t.state(1), true))
    // What is signed, and not yet sent, needs agreement too.
    expect((await ask(record, state, false)).kind).toBe('done')
    const [first] = shown
    expect(shown).toEqual([first, first, first])
    expect(first).toEqual({
      checkpoint: t.simulation.checkpoint().split('\n').slice(0, 3),
      ballots: { counted: 3, superseded: 0, void: 0, cancelled: 0 },
      tallied: { index: t.simulation.size - 1, leaf: t.simulation.course.phase.tallied!.leaf },
    })
    // Another board of this election, one ballot shorter, cannot be taken for this one.
    expect((await ask(await fork(t, before - 1), t.state(1), false)).kind).toBe('done')
    expect(shown[3]!.ballots.counted).toBe(2)
    expect(shown[3]!.checkpoint).not.toEqual(first!.checkpoint)
    expect(shown[3]!.tallied.leaf).not.toBe(first!.tallied.leaf)
    // Nothing is asked where there is nothing to decrypt.
    await ask(await fork(t, before - 1), state, true)
    await record.write('stray', utf8('?'))
    await ask(record, t.state(1), true)
    expect(shown).toHaveLength(4)
  })

  it('refuses a second tally for ever: one ballot less would show how it was cast', async () => {
    const t = await new Trustees().vote()
    const before = t.simulation.size
    await t.simulation.close().tally()
    const { state } = ready(await decrypt(t, 1))
    const other = await fork(t, before - 1)
    expect((await decrypt(t, 1, other)).kind).toBe('ready')
    t.states.set(1, state)
    expect(await decrypt(t, 1, other)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('another tally'),
    })
    // The same record again is no second tally.
    expect((await decrypt(t, 1)).kind).toBe('ready')
  })

  it('decrypts nothing before the tally is there', async () => {
    const t = await new Trustees().ceremony()
    expect((await decrypt(t, 1)).kind).toBe('early')
    t.simulation.roll().open()
    expect((await decrypt(t, 1)).kind).toBe('early')
    t.simulation.cast(0, { question: yes }).close()
    expect((await decrypt(t, 1)).kind).toBe('early')
  })

  it('decrypts nothing where every unit is withheld, or the election was aborted', async () => {
    const t = await new Trustees({ manifest: { minimumBallots: 4 } }).tally()
    expect(await decrypt(t, 1)).toMatchObject({ kind: 'done', why: expect.stringContaining('withheld') })
    const aborted = await new Trustees().tally()
    aborted.simulation.post('aborted', { reason: 'a test' })
    expect((await decrypt(aborted, 1)).kind).toBe('refused')
  })

  it('decrypts nothing for a stranger, or with a file without the attempt’s keys', async () => {
    const t = await new Trustees().tally()
    const record = await t.simulation.record()
    expect((await prepareDecryption(record, t.id, newTrustee('Stranger'), { now })).kind).toBe('refused')
    expect(await prepareDecryption(record, t.id, { ...t.state(1), elections: {} }, { now })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('no keys of attempt 1'),
    })
    const [own] = t.state(1).elections[t.id]!.attempts
    const { identity } = t.state(2).elections[t.id]!.attempts[0]!
    const mixed = { ...t.state(1), elections: { [t.id]: { attempts: [{ ...own!, identity }] } } }
    expect((await prepareDecryption(record, t.id, mixed, { now })).kind).toBe('refused')
  })

  it('decrypts no sums but those recomputed: the smallest change of the tally is refused', async () => {
    const t = new Trustees({
      edit: (payload, s) => {
        if (payload.kind !== 'tallied') return undefined
        const [unit] = payload.value.units
        // The sums that a ballot alone would give: the trustees would open one vote.
        const ballot = s.log.find(({ kind }) => kind === 'ballot')!
        const { contests } = decodePayload(s.definition.codecs, 'ballot', ballot.bytes)
        const sums = contests[0]!.ciphertexts.slice(0, unit!.sums.length)
        const cut = sums.slice(0, -1) + 'A'
        return { kind: 'tallied', value: { ...payload.value, units: [{ ...unit!, sums: cut }] } }
      },
    })
    await t.tally()
    const step = await decrypt(t, 1)
    expect(step).toMatchObject({ kind: 'refused' })
    expect(step.kind === 'refused' && step.findings.map((f) => f.code)).toEqual(['TALLY_SUMS'])
  })

  it('refuses where any check before the sums fails', async () => {
    const stray = async (record: MemoryRecord) => record.write('stray', utf8('?'))
    const missing = async (record: MemoryRecord) =>
      void record.delete(record.paths().find((p) => p.startsWith('payloads/'))!)
    for (const corrupt of [stray, missing]) {
      const t = await new Trustees().tally()
      const record = await t.simulation.record()
      await corrupt(record)
      expect((await decrypt(t, 1, record)).kind).toBe('refused')
    }
    const t = await new Trustees({
      edit: (payload) =>
        payload.kind === 'ballot'
          ? {
              kind: 'ballot',
              value: {
                ...payload.value,
                contests: payload.value.contests.map((c) => ({
                  ...c,
                  // Always another one, whatever it began with.
                  proof: `${c.proof.startsWith('A') ? 'B' : 'A'}${c.proof.slice(1)}`,
                })),
              },
            }
          : undefined,
    }).tally()
    expect(await decrypt(t, 1)).toMatchObject({
      kind: 'refused',
      findings: [{ code: 'BALLOT_PROOF' }, {}, {}],
    })
    await expect(
      prepareDecryption(await t.simulation.record(), '0'.repeat(64), t.state(1), { now }),
    ).resolves.toMatchObject({
      kind: 'refused',
      findings: [{ code: 'MANIFEST_ID' }],
    })
  })

  it('is accepted by the server’s own check', async () => {
    const t = await new Trustees().tally()
    const { submission } = ready(await decrypt(t, 2))
    expect(() => post(t.simulation, submission)).not.toThrow()
  })
})
