import { DecodeError, type RecordSource, payloadHash, toHex } from '@cista/board'
import { ristretto255 as g } from '@cista/crypto'
import { decodePayload } from '@cista/protocol'
import { type Attack, type Exhibit, attacks, storedExhibit, testKeys } from '@cista/testkit'
import {
  type TrusteeState,
  newTrustee,
  prepareConfirm,
  prepareDeal,
  prepareDecryption,
  prepareJoin,
} from '@cista/trustee'
import { findingCodes, followRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { fork } from './fork.js'
import { Trustees, post, ready } from './support.js'

// The door that opens votes. Whatever board an attacker of testkit shows, a trustee computes nothing for it.

/** Long after the simulated elections, by the trustee's own clock. */
const now = Date.parse('2030-01-01T00:00:00Z') / 1000
const trusteeOf = (i: number): TrusteeState => ({
  ...newTrustee(`Trustee ${i}`),
  secret: toHex(g.encodeScalar(testKeys('simulation').trustees[i - 1]!.secret)),
})
/** What is shown, where nothing was published: those boards hold a manifest only. */
const idShown = async (record: RecordSource): Promise<string> =>
  payloadHash((await record.read('payloads/000.p/1'))?.subarray(4) ?? new Uint8Array())
const decrypt = async ({ record, options = {} }: Exhibit) =>
  prepareDecryption(record, options.election ?? (await idShown(record)), trusteeOf(1), { now })

/** A trustee keeps no checkpoint from before: see the table of attacks. */
const shown = attacks.filter(
  ({ code, trips }) => code !== 'BOARD_EARLIER' && trips !== 'V9' && trips !== 'V10',
)
const labelled = (some: readonly Attack[]) => some.map((a) => [`${a.code}: ${a.name}`, a] as const)

describe('decrypting', () => {
  it.each(labelled(shown))('is refused: %s', async (_, attack) => {
    const step = await decrypt(storedExhibit(attack))
    expect(step.kind).toBe('refused')
    expect(step).not.toHaveProperty('submission')
    expect(step.kind === 'refused' && step.findings.map((f) => f.code)).toContain(attack.code)
  })

  const controls = [...new Set(shown.filter((a) => a.trips === 'V8').map((a) => a.control))]
  it.each(controls.map((control, i) => [i + 1, control] as const))(
    'would go on without the corruption (%i)',
    async (_, control) => {
      const step = await decrypt(await control())
      // Of these elections the result is out already: all checks have passed before this is said.
      expect(step).toMatchObject({ kind: 'done', why: expect.stringMatching(/on the board|published/) })
    },
  )
})

describe('following a board to join, deal or confirm', () => {
  it.each(labelled(shown.filter(({ trips }) => trips === 'V1' || trips === 'V2' || trips === 'V3')))(
    'is refused: %s',
    async (_, attack) => {
      const { record, options = {} } = storedExhibit(attack)
      const election = options.election ?? (await idShown(record))
      const refusal = await followRecord(record, election).then(
        () => undefined,
        (error: unknown) => error,
      )
      expect(refusal).toBeInstanceOf(DecodeError)
      // It tells the first finding.
      const [, code] = /\(([A-Z_]+)\)$/.exec((refusal as Error).message) ?? []
      expect(findingCodes[attack.trips]).toContain(code)
    },
  )
})

describe('two tallies of one election, shown to two sets of trustees', () => {
  it('are decrypted by neither: a share fits one of them, and nobody gives two', async () => {
    const t = await new Trustees().vote()
    const before = t.simulation.size
    await t.simulation.close().tally()
    const other = await fork(t, before - 1)
    const first = ready(await prepareDecryption(await t.simulation.record(), t.id, t.state(1), { now }))
    const third = ready(await prepareDecryption(other, t.id, t.state(3), { now }))
    // Two of three are needed; each of the boards has one share that fits, and the other's does not.
    t.release(1, first)
    expect(() => post(t.simulation, third.submission)).toThrow('DECRYPTION_PROOF')
    expect(await prepareDecryption(other, t.id, first.state, { now })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('another tally'),
    })
    expect(await prepareDecryption(await t.simulation.record(), t.id, third.state, { now })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('another tally'),
    })
  })
})

describe('a ceremony that is not what a trustee took part in', () => {
  it('is not continued where somebody else has dealt under its name', async () => {
    const t = await new Trustees().step(prepareJoin)
    const thief = new Map(t.states)
    const own = ready(await t.prepare(1, prepareDeal))
    // Whoever has copied the file before the dealing may deal from it first: the same polynomial, other bytes.
    const stolen = ready(await prepareDeal(t.simulation.course, thief.get(1)!))
    expect(stolen.submission.hash).not.toBe(own.submission.hash)
    t.states.set(1, own.state)
    post(t.simulation, stolen.submission)
    expect((await t.prepare(1, prepareDeal)).kind).toBe('done')
    await t.step(prepareDeal, [1])
    expect((await t.prepare(1, prepareConfirm)).kind).toBe('ready')
  })

  it('is not continued where its dealing is of another polynomial', async () => {
    const t = await new Trustees().step(prepareJoin)
    await t.step(prepareDeal, [1])
    const stranger = await new Trustees().step(prepareJoin)
    const dealt = ready(await stranger.prepare(1, prepareDeal))
    const attempt = t.simulation.course.phase.attempt
    attempt.dealt.set(
      1,
      decodePayload(t.simulation.definition.codecs, 'trustee-dealt', dealt.submission.payload),
    )
    expect(await t.prepare(1, prepareDeal)).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('knows nothing of'),
    })
    expect((await t.prepare(1, prepareConfirm)).kind).toBe('refused')
    expect(await t.prepare(2, prepareConfirm)).toMatchObject({
      kind: 'refused',
      findings: [{ code: 'DEALING_COMMITMENT' }],
    })
  })

  it('gives no share to a board that opened with the key of an attempt it did not confirm', async () => {
    const t = new Trustees()
    await t.step(prepareJoin)
    t.simulation.post('ceremony-restarted', { attempt: 2, reason: 'a trustee has lost a file' })
    await t.ceremony()
    const [first, second] = t.state(1).elections[t.id]!.attempts
    expect(first!.confirmed).toBeUndefined()
    await t.simulation
      .roll()
      .open()
      .cast(0, { question: { kind: 'selection', selected: ['yes'] } })
      .close()
      .tally()
    const record = await t.simulation.record()
    // A file that still has the dead attempt only, as an old copy would.
    const old = { ...t.state(1), elections: { [t.id]: { attempts: [first!] } } }
    expect(await prepareDecryption(record, t.id, old, { now })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('no keys of attempt 2'),
    })
    // The dead attempt's keys under the number of the other.
    const renamed = { ...first!, number: second!.number }
    const mixed = { ...t.state(1), elections: { [t.id]: { attempts: [renamed] } } }
    expect(await prepareDecryption(record, t.id, mixed, { now })).toMatchObject({
      kind: 'refused',
      why: expect.stringContaining('does not open the shares'),
    })
  })
})
