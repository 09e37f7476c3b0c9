import { fromTimestamp, leafHash, toBase64url, toHex } from '@cista/board'
import {
  type Choice,
  Course,
  type EntryKind,
  type Payload,
  type Submission,
  signers,
  submission,
} from '@cista/protocol'
import { Simulation, type SimulationPlan, type TestKey, testTimes } from '@cista/testkit'
import { checkSubmission, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import {
  type ActOf,
  type OrganiserKey,
  type OrganiserKind,
  coSign,
  draftFault,
  missingSignatures,
  nextTime,
  organiserStanding,
  prepareAct,
  rollMismatch,
  signManifest,
} from '../src/index.js'

const keyOf = (role: OrganiserKey['role'], { key, secret }: TestKey): OrganiserKey => ({
  name: `a ${role}`,
  role,
  secret,
  key,
})
const admin = (s: Simulation, i = 0) => keyOf('administrator', s.keys.administrators[i]!)
const registrar = (s: Simulation, i = 0) => keyOf('registrar', s.keys.registrars[i]!)
const yes: Choice = { kind: 'selection', selected: ['yes'] }

/** Prepared on a course of its own, as `followRecord` gives it: preparing uses the course up. */
function prepare<K extends OrganiserKind>(s: Simulation, kind: K, act: ActOf<K>, key?: OrganiserKey) {
  const own = key ?? (signers[kind] === 'administrator' ? admin(s) : registrar(s))
  return prepareAct(replay(s), kind, act, own, s.now)
}

function replay(s: Simulation): Course {
  const course = new Course(s.definition)
  for (const { kind, bytes, entry, entryBytes } of s.log) {
    const payload = { kind, value: JSON.parse(new TextDecoder().decode(bytes)) } as Payload
    course.apply({
      payload,
      hash: entry.payload,
      index: entry.index,
      batchTime: entry.batchTime,
      leaf: toHex(leafHash(entryBytes)),
    })
  }
  return course
}

/** Logs what was prepared, as a server would. */
function take(s: Simulation, prepared: ReturnType<typeof prepare>): Submission {
  if ('refusal' in prepared) throw new Error(prepared.refusal.why)
  const checked = checkSubmission(s.course, prepared.submission, undefined)
  if ('findings' in checked) throw new Error(checked.findings.map((f) => f.why).join())
  const refusal = s.submit(checked.payload, prepared.submission.payload, prepared.submission.signatures)
  if (refusal !== undefined) throw new Error(refusal.why)
  return prepared.submission
}

const plan: SimulationPlan = { manifest: { paper: true } }
const reason = 'because'

describe('acts of organisers', () => {
  it('carry an election to its end, and the record verifies', async () => {
    const s = new Simulation(plan)
    const rolled = s.voters
      .map(({ credential, style, weight }) => ({ key: credential.key, style, weight }))
      .sort((a, b) => (a.key < b.key ? -1 : 1))
    s.ceremony()
    take(s, prepare(s, 'ceremony-restarted', { attempt: 2, reason }))
    s.ceremony()
    take(s, prepare(s, 'roll', { credentials: rolled.slice(0, 2) }))
    take(s, prepare(s, 'roll', { credentials: rolled.slice(2) }))
    take(s, prepare(s, 'roll-sealed', { chunks: 2, credentials: 3, weight: 3, reference: 'the register' }))
    take(
      s,
      prepare(s, 'roll-changed', {
        ...noChange,
        added: [{ key: s.credential(9).key, style: 'all', weight: 2 }],
        reason,
      }),
    )
    s.open().cast(0, { question: yes }).cast(1, { question: yes })
    take(s, prepare(s, 'notice', { text: 'all is well' }))
    take(s, prepare(s, 'page-changed', { page: { 'index.html': '0'.repeat(64) }, reason }))
    take(s, prepare(s, 'extended', { closes: '2026-01-05T18:00:00Z', reason }))
    take(s, prepare(s, 'cancelled', { credential: s.voters[1]!.credential.key, reason }))
    take(s, prepare(s, 'close-requested', { reason }))
    s.close()
    take(s, prepare(s, 'reconciled', { cancellations: 1 }))
    await s.tally()
    s.decrypt(1).decrypt(2).result()
    const report = await verifyRecord(await s.record(), { election: s.definition.id })
    expect(report.checks.flatMap((c) => c.findings)).toEqual([])
    expect(report.verdict).toBe('verified')
  })

  const noChange = { added: [], rekeyed: [], removed: [], restyled: [], reweighted: [] }
  const setUp = () => new Simulation(plan).setUp()
  const sealed = () => new Simulation(plan).roll()
  const stranger = '1'.repeat(64)

  it.each<[name: string, s: Simulation, kind: OrganiserKind, act: object, why: RegExp]>([
    [
      'a roll after its sealing',
      sealed(),
      'roll',
      { credentials: [{ key: stranger, style: 'all', weight: 1 }] },
      /sealed/,
    ],
    ['a second sealing', sealed(), 'roll-sealed', { chunks: 2, credentials: 3, weight: 3 }, /sealed already/],
    [
      'wrong numbers',
      new Simulation(plan),
      'roll-sealed',
      { chunks: 1, credentials: 0, weight: 0 },
      /1 chunks sealed, 0/,
    ],
    [
      'a roll out of order',
      new Simulation(plan),
      'roll',
      { credentials: ['2', '1'].map((d) => ({ key: d.repeat(64), style: 'all', weight: 1 })) },
      /does not come after/,
    ],
    [
      'a weight beyond the manifest',
      sealed(),
      'roll-changed',
      { ...noChange, added: [{ key: stranger, style: 'all', weight: 998 }], reason },
      /total weight of 1001/,
    ],
    ['a change of nothing', sealed(), 'roll-changed', { ...noChange, reason }, /changes nothing/],
    [
      'a change before sealing',
      new Simulation(plan),
      'roll-changed',
      { ...noChange, removed: [stranger], reason },
      /only between/,
    ],
    [
      'a cancellation of a stranger',
      setUp(),
      'cancelled',
      { credential: stranger, reason },
      /not on the roll/,
    ],
    [
      'a cancellation without paper',
      new Simulation().setUp(),
      'cancelled',
      { credential: stranger, reason },
      /no paper voting/,
    ],
    ['an earlier closing time', setUp(), 'extended', { closes: testTimes.opens, reason }, /not later/],
    [
      'a reconciliation before closing',
      setUp(),
      'reconciled',
      { cancellations: 0 },
      /between closed and tallied/,
    ],
    ['closing before opening', sealed(), 'close-requested', { reason }, /while voting is open/],
    [
      'closing where the manifest forbids it',
      new Simulation({ manifest: { closeOnRequest: false } }).setUp(),
      'close-requested',
      { reason },
      /does not allow/,
    ],
    ['a restart after opening', setUp(), 'ceremony-restarted', { attempt: 2, reason }, /cannot be restarted/],
    ['a restart of another attempt', sealed(), 'ceremony-restarted', { attempt: 3, reason }, /2 is next/],
    [
      'anything after the end',
      new Simulation(plan).post('aborted', { reason }),
      'notice',
      { text: 'late' },
      /nothing follows/,
    ],
  ])('refuse before signing: %s', (_, s, kind, act, why) => {
    const prepared = prepare(s, kind, act as never)
    expect(prepared).toMatchObject({ refusal: { why: expect.stringMatching(why) } })
  })

  it('refuse keys of another role, or of nobody', () => {
    const s = new Simulation(plan)
    for (const key of [registrar(s), keyOf('administrator', s.keys.trustees[0]!)])
      expect(prepare(s, 'notice', { text: 'hello' }, key)).toMatchObject({
        refusal: { why: expect.stringContaining('is not one of an administrator') },
      })
  })

  it('refuse texts that cannot stand in the record', () => {
    expect(() => prepare(new Simulation(plan), 'notice', { text: 'a\u202eb' })).toThrow('direction-changing')
    expect(() => prepare(new Simulation(plan), 'aborted', { reason: '' })).toThrow('reason')
  })

  it('number themselves, several in a row on one course', () => {
    const s = new Simulation(plan)
    const course = replay(s)
    for (const sequence of [0, 1, 2]) {
      const prepared = prepareAct(course, 'notice', { text: 'again' }, admin(s), s.now)
      const text = 'submission' in prepared && new TextDecoder().decode(prepared.submission.payload)
      expect(text).toContain(`"sequence":${sequence}`)
    }
  })
})

describe('several signatures', () => {
  const quorum = (seed: string) => {
    const s = new Simulation({ seed })
    const { administrators, registrars } = s.definition.manifest
    return new Simulation({
      seed,
      manifest: {
        administrators: { ...administrators, quorum: 2 },
        registrars: { ...registrars, quorum: 2 },
      },
    })
  }
  const s = quorum('two')
  const draftOf = (simulation: Simulation, key = admin(simulation, 1)) => {
    const prepared = prepare(simulation, 'notice', { text: 'two of us say so' }, key)
    if ('refusal' in prepared) throw new Error(prepared.refusal.why)
    return prepared.submission
  }

  it('are added in any order, and stand in the order of the keys', () => {
    const draft = draftOf(s)
    expect(missingSignatures(s.definition, draft)).toBe(1)
    const signed = coSign(s.definition, draft, admin(s, 0))
    expect('submission' in signed && missingSignatures(s.definition, signed.submission)).toBe(0)
    expect('submission' in signed && signed.submission.signatures.map((x) => x.by)).toEqual([
      'administrator-1',
      'administrator-2',
    ])
    take(quorum('two'), signed)
  })

  it('of one key count once', () => {
    const again = coSign(s.definition, draftOf(s), admin(s, 1))
    expect('submission' in again && missingSignatures(s.definition, again.submission)).toBe(1)
  })

  it('make a manifest too', () => {
    const first = signManifest(s.definition, s.manifest, admin(s, 0))
    if ('refusal' in first) throw new Error(first.refusal.why)
    const both = coSign(s.definition, first.submission, admin(s, 1))
    expect('submission' in both && missingSignatures(s.definition, both.submission)).toBe(0)
    expect('submission' in both && draftFault(s.definition, both.submission)).toBeUndefined()
    expect(signManifest(s.definition, s.manifest, registrar(s))).toHaveProperty('refusal')
  })

  it.each<[name: string, spoil: (draft: Submission) => Submission, why: RegExp]>([
    [
      'a false signature',
      (d) =>
        submission(d.kind, d.payload, [
          { by: 'administrator-2', proof: toBase64url(new Uint8Array(64).fill(1)) },
        ]),
      /does not fit/,
    ],
    [
      'a signature of another role',
      (d) =>
        submission(
          d.kind,
          d.payload,
          d.signatures.map((x) => ({ ...x, by: 'registrar-1' })),
        ),
      /does not sign/,
    ],
    ['a changed payload', (d) => submission(d.kind, edited(d.payload), d.signatures), /does not fit/],
    [
      'a payload of another kind',
      (d) => submission('aborted', d.payload, d.signatures),
      /no aborted of this election/,
    ],
    [
      'a manifest of another election',
      () => submission('manifest', quorum('other').manifest, []),
      /another election/,
    ],
  ])('are not added to %s', (_, spoil, why) => {
    const draft = spoil(draftOf(s))
    expect(draftFault(s.definition, draft)).toMatch(why)
    expect(coSign(s.definition, draft, admin(s, 0))).toMatchObject({
      refusal: { why: expect.stringMatching(why) },
    })
  })

  it('are those of administrators and registrars only', () => {
    const ballot = submission('ballot', new Uint8Array(2), [])
    expect(coSign(s.definition, ballot, admin(s))).toHaveProperty('refusal')
    expect(coSign(s.definition, draftOf(s), registrar(s))).toHaveProperty('refusal')
  })

  const edited = (payload: Uint8Array) =>
    new TextEncoder().encode(new TextDecoder().decode(payload).replace('two', 'ten'))
})

describe('the time of a next payload', () => {
  it('is that of this machine, or the board’s where that is ahead', () => {
    const s = new Simulation(plan).post('notice', { text: 'now' })
    const now = fromTimestamp(s.now)
    expect(nextTime(s.course, now + 5)).toBe('2026-01-05T08:00:05Z')
    for (const behind of [1, 90, 86_400]) expect(nextTime(s.course, now - behind) >= s.now).toBe(true)
    expect(nextTime(s.course, now - 1)).toBe(s.now)
  })
})

describe('a roll that is partly on the board', () => {
  const s = new Simulation({ voters: [{}, {}, {}, {}] })
  const rolled = s.voters
    .map(({ credential }) => ({ key: credential.key, style: 'all', weight: 1 }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
  s.post('roll', { credentials: rolled.slice(0, 2) })

  it('goes on only as it began', () => {
    expect(rollMismatch(s.course, rolled)).toBeUndefined()
    expect(rollMismatch(s.course, rolled.slice(0, 1))).toContain('only 1')
    expect(rollMismatch(s.course, rolled.slice(1))).toContain('another roll')
    expect(rollMismatch(s.course, [{ ...rolled[0]!, weight: 2 }, ...rolled.slice(1)])).toContain('weight 1')
  })
})

describe('status', () => {
  const next = (s: Simulation) => organiserStanding(s.course, s.now).next
  const kindsOf = (s: Simulation): EntryKind[] => s.log.map((l) => l.kind)

  it('says at every stage what is next', async () => {
    const s = new Simulation(plan)
    expect(next(s)).toMatch(/^roll/)
    s.post('roll', { credentials: [{ key: s.credential(0).key, style: 'all', weight: 1 }] })
    expect(next(s)).toMatch(/^seal/)
    s.post('roll-sealed', { chunks: 1, credentials: 1, weight: 1 })
    expect(next(s)).toContain('key ceremony')
    s.ceremony()
    expect(next(s)).toContain(testTimes.opens)
    s.open()
    expect(next(s)).toContain(testTimes.closes)
    s.close()
    expect(next(s)).toContain('reconcile')
    s.reconcile()
    expect(next(s)).toContain('adding up')
    await s.tally()
    expect(kindsOf(s)).toContain('tallied')
    expect(next(s)).toBeTypeOf('string')
    s.result()
    expect(next(s)).toContain('cista-verify')
    expect(next(new Simulation(plan).post('aborted', { reason }))).toContain('aborted')
  })

  it('says of a closing on request that it was early, and counts in singular where there is one', () => {
    const facts = (s: Simulation) => organiserStanding(s.course, s.now).facts.join('\n')
    const s = new Simulation({ manifest: { closeOnRequest: true } }).setUp().cast(0, { question: yes })
    expect(facts(s)).toContain(`closes ${testTimes.closes}; 1 ballot, 0 cancellations`)
    s.post('close-requested', { reason })
    expect(facts(s)).toContain(`closing early, on request, before ${testTimes.closes}`)
    expect(facts(s.close())).toContain(`closed early, on request, before ${testTimes.closes}`)

    const later = `${Number(testTimes.closes.slice(0, 4)) + 1}${testTimes.closes.slice(4)}`
    const extended = new Simulation().setUp().post('extended', { closes: later, reason })
    expect(facts(extended)).toContain(`closes ${later} (extended)`)
    expect(facts(extended.post('aborted', { reason }))).toContain(`was to close ${later}`)
  })

  it('says that only abortion is left once the closing time has passed unopened', () => {
    const s = new Simulation(plan).roll().at(testTimes.closes)
    expect(next(s)).toMatch(/^abort: the closing time/)
    expect(next(s.post('aborted', { reason }))).toContain('was aborted')
    expect(next(new Simulation(plan).setUp().at(testTimes.closes))).not.toContain('abort')
  })

  it('names who complained', () => {
    const s = new Simulation(plan)
    for (const i of [1, 2, 3]) s.join(i)
    for (const i of [1, 2, 3]) s.deal(i)
    const identity = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`
    s.post('trustee-complained', { accused: 2, attempt: 1, identity, index: 1 })
    expect(next(s)).toContain('trustee 1 complained about trustee 2')
  })
})
