import {
  DecodeError,
  MemoryRecord,
  type RecordSource,
  boardKey,
  checkpointPath,
  cosign,
  fromTimestamp,
  fromUtf8,
  parseCheckpoint,
  parseNote,
  rootOf,
  sha256,
  signCheckpoint,
  toHex,
  toTimestamp,
  utf8,
} from '@cista/board'
import { commitPolynomial, randomScalar, ristretto255 } from '@cista/crypto'
import { Simulation, type SimulationPlan, loadVector, testTimes, vectorFolders } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import { type ProofPool, Unreachable, Watch, type WatchEvent, isAlarm, localPool } from '../src/index.js'
import type { WatchOptions } from '../src/watch.js'
import { forkOf, no, noteOf, yes } from './support.js'

const stall = 600
const start = fromTimestamp(testTimes.start)

/** A board as it is at each request, what was asked of it, and somebody who follows it. */
function following(s: Simulation, options: Partial<WatchOptions> = {}) {
  const state = {
    now: start,
    asked: [] as string[],
    /** In place of the board; a function is asked anew each time. */
    shown: undefined as RecordSource | undefined,
  }
  const source: RecordSource = {
    async read(path) {
      state.asked.push(path)
      return (state.shown ?? (await s.record())).read(path)
    },
  }
  const watch = new Watch({ election: s.definition.id, clock: () => state.now, stall, ...options })
  const step = async (...others: { name: string; note: string }[]) => {
    state.asked = []
    return watch.step(source, others)
  }
  return { state, watch, step, source }
}
const kinds = (events: readonly WatchEvent[]) => events.map(({ kind }) => kind)
const codes = (events: readonly WatchEvent[]) =>
  events.flatMap((e) => (e.kind === 'bad-record' ? e.findings.map(({ code, at }) => `${code} at ${at}`) : []))
const sizeIn = (note: string) => parseCheckpoint(parseNote(note).body).size
const broken = (error: Error): RecordSource => ({ read: () => Promise.reject(error) })
const away = broken(new Unreachable('no route'))

describe('a watch', () => {
  it('verifies from the start, then only what is new, to the end of the election', async () => {
    const s = new Simulation().setUp()
    const { step, state, watch } = following(s)
    expect(watch.checkpoint).toBeUndefined()
    expect(watch.definition).toBeUndefined()
    const first = await step()
    expect(first).toEqual([
      {
        kind: 'grew',
        from: 0,
        to: s.size,
        kinds: {
          manifest: 1,
          'trustee-joined': 3,
          'trustee-dealt': 3,
          'trustee-confirmed': 3,
          roll: 2,
          'roll-sealed': 1,
          opened: 1,
        },
        announced: [],
        note: s.checkpoint(),
      },
    ])
    expect(watch.definition?.id).toBe(s.definition.id)
    expect(watch.checkpoint).toBe(s.checkpoint())

    expect(await step()).toEqual([])
    expect(state.asked).toEqual([checkpointPath])

    const before = s.size
    s.cast(0, yes).cast(1, no)
    const second = await step()
    expect(second).toEqual([
      { kind: 'grew', from: before, to: s.size, kinds: { ballot: 2 }, announced: [], note: s.checkpoint() },
    ])
    const width = s.size
    expect(state.asked).toEqual([
      checkpointPath,
      `tile/0/000.p/${width}`,
      `tile/entries/000.p/${width}`,
      `payloads/000.p/${width}`,
    ])

    state.now = fromTimestamp(testTimes.closes)
    await s.close().tally()
    const tallied = await step()
    expect(kinds(tallied)).toEqual(['grew', 'examined'])
    expect(tallied[1]).toMatchObject({ ended: false, report: { verdict: 'unfinished' } })
    s.decrypt(1)
    expect(kinds(await step())).toEqual(['grew'])
    s.decrypt(3).result()
    const last = await step()
    expect(kinds(last)).toEqual(['grew', 'examined'])
    expect(last[1]).toMatchObject({ ended: true, report: { verdict: 'verified', election: s.definition.id } })
    expect(await step()).toEqual([])
    expect(watch.checkpoint).toBe(s.checkpoint())
  })

  it('tells once what the administrators tell everybody', async () => {
    const s = new Simulation({ manifest: { closeOnRequest: true } }).post('notice', { text: 'Soon.' }).setUp()
    const { step } = following(s)
    const placed = (index: number) => ({ index, at: s.log[index]!.entry.batchTime })
    expect(await step()).toMatchObject([
      { kind: 'grew', announced: [{ kind: 'notice', text: 'Soon.', ...placed(1) }] },
    ])
    const closes = '2026-01-06T00:00:00Z'
    s.post('extended', { closes, reason: 'snow' })
    const after = s.size
    s.cast(0, yes)
      .post('page-changed', { page: {}, reason: 'larger buttons' })
      .post('close-requested', { reason: 'all have voted' })
    expect(await step()).toMatchObject([
      {
        kind: 'grew',
        announced: [
          { kind: 'extended', text: 'snow', closes, ...placed(after - 1) },
          { kind: 'page-changed', text: 'larger buttons', ...placed(after + 1) },
          { kind: 'close-requested', text: 'all have voted', ...placed(after + 2) },
        ],
      },
    ])
    s.post('notice', { text: 'Thanks.' })
    expect(await step()).toMatchObject([{ announced: [{ text: 'Thanks.' }] }])
  })

  it('reads of many entries the bundles that are new, and tells how far it is', async () => {
    const s = new Simulation()
    for (let i = 0; i < 299; i++) s.post('notice', { text: `${i}` })
    const progress: string[] = []
    const { step, state } = following(s, { progress: (done, total) => progress.push(`${done}/${total}`) })
    expect(await step()).toMatchObject([{ from: 0, to: 300, kinds: { manifest: 1, notice: 299 } }])
    expect(progress).toEqual(['256/300', '300/300'])
    s.post('aborted', { reason: 'enough' })
    const events = await step()
    expect(events[0]).toMatchObject({ from: 300, to: 301, kinds: { aborted: 1 } })
    expect(events[1]).toMatchObject({ kind: 'examined', ended: true, report: { verdict: 'unfinished' } })
    // What is read after them is the whole record, once more.
    expect(state.asked.slice(0, 4)).toEqual([
      checkpointPath,
      'tile/0/001.p/45',
      'tile/entries/001.p/45',
      'payloads/001.p/45',
    ])
  })

  it('takes a checkpoint of the same size with more cosignatures', async () => {
    const s = new Simulation({ witnesses: 3 })
    const { step, state, watch } = following(s)
    const whole = await s.record()
    const [third] = s.checkpoint().split('— witness.example/3') as [string]
    await whole.write(checkpointPath, utf8(third))
    state.shown = whole
    expect(kinds(await step())).toEqual(['grew'])
    expect(watch.checkpoint).toBe(third)
    state.shown = undefined
    expect(await step()).toEqual([])
    expect(watch.checkpoint).toBe(s.checkpoint())
  })

  it('refuses another election than the one asked for', async () => {
    const s = new Simulation()
    const { step, watch } = following(s, { election: 'ab'.repeat(32) })
    expect(codes(await step())).toEqual(['MANIFEST_ID at entry 0'])
    expect(await step()).toEqual([])
    expect(watch.checkpoint).toBeUndefined()
    expect(watch.definition).toBeUndefined()
  })

  it('lets no error pass for an answer', async () => {
    const s = new Simulation().setUp()
    const { step, state } = following(s)
    state.shown = broken(new Error('a broken disk'))
    await expect(step()).rejects.toThrow('a broken disk')
    const pool: ProofPool = { ...localPool, checkBallots: () => Promise.reject(new Error('no thread')) }
    s.cast(0, yes)
    await expect(following(s, { pool }).step()).rejects.toThrow('no thread')
  })
})

describe('a watch sees', () => {
  it('a rewritten board of the same size', async () => {
    const s = new Simulation().setUp().cast(0, yes).cast(1, no)
    const { step, state, watch } = following(s)
    await step()
    const seen = s.checkpoint()
    // The last ballot is another voter's, and nothing else changes.
    const fork = await forkOf(s.cast(2, yes), s.size - 2)
    state.shown = fork
    const theirs = await noteOf(fork)
    expect(await step()).toEqual([{ kind: 'forked', by: 'the board', ours: seen, theirs }])
    expect(sizeIn(theirs)).toBe(sizeIn(seen))
    expect(await step()).toEqual([])
    expect(watch.checkpoint).toBe(seen)
    // The checkpoint alone proves it: no other file of the rewritten board is needed.
    const other = following(new Simulation().setUp())
    await other.step()
    const ours = other.watch.checkpoint!
    const { size } = parseCheckpoint(parseNote(ours).body)
    const { keys, definition } = s
    const note = signCheckpoint(
      { origin: definition.origin, size, root: rootOf([]) },
      keys.board,
      definition.origin,
    )
    other.state.shown = new MemoryRecord([[checkpointPath, utf8(note)]])
    expect(await other.step()).toEqual([{ kind: 'forked', by: 'the board', ours, theirs: note }])
  })

  it('a rewritten board that has grown, or shrunk', async () => {
    const s = new Simulation().setUp().cast(0, yes).cast(1, no)
    const small = await forkOf(s, s.size - 2)
    const { step, state, watch } = following(s)
    await step()
    const seen = s.checkpoint()
    state.shown = small
    expect(await step()).toEqual([
      { kind: 'forked', by: 'the board', ours: seen, theirs: await noteOf(small) },
    ])
    const again = following(s)
    await again.step()
    again.state.shown = await forkOf(s.cast(2, yes).cast(2, no), s.size - 4)
    const [event, ...more] = await again.step()
    expect(event).toMatchObject({ kind: 'forked', by: 'the board', ours: seen })
    expect(more).toEqual([])
    expect(watch.checkpoint).toBe(seen)
  })

  it('a board that forgets, and whether it has remembered', async () => {
    const s = new Simulation().setUp()
    const early = await s.record()
    const { step, state, watch } = following(s.cast(0, yes))
    await step()
    const seen = s.checkpoint()
    state.shown = early
    expect(await step()).toEqual([{ kind: 'rolled-back', ours: seen, theirs: await noteOf(early) }])
    expect(await step()).toEqual([])
    expect(watch.checkpoint).toBe(seen)
    state.shown = undefined
    s.cast(1, yes)
    expect(kinds(await step())).toEqual(['grew'])
    const now = s.checkpoint()
    // That it forgets again is another thing to tell; that nobody answers in between is not.
    state.shown = early
    expect(await step()).toEqual([{ kind: 'rolled-back', ours: now, theirs: await noteOf(early) }])
    state.shown = away
    expect(kinds(await step())).toEqual(['unreachable'])
    state.shown = early
    expect(await step()).toEqual([])
  })

  it('a checkpoint by a second key, and one that is damaged', async () => {
    const s = new Simulation().setUp()
    const { origin } = s.definition
    const { step, state, watch } = following(s)
    await step()
    const seen = s.checkpoint()
    const { root, size } = parseCheckpoint(parseNote(seen).body)
    const seed = sha256(utf8('a second key'))
    const note = signCheckpoint({ origin, size: size + 1, root }, seed, origin)
    const showing = (text: string | Uint8Array) => {
      state.shown = new MemoryRecord([[checkpointPath, typeof text === 'string' ? utf8(text) : text]])
    }
    const [, id] = boardKey(seed, origin).split('+')
    for (const _ of ['once', 'and again after it was over']) {
      state.shown = undefined
      expect(await step()).toEqual([])
      showing(note)
      expect(await step()).toEqual([{ kind: 'second-key', key: `${origin}+${id}`, note }])
      expect(await step()).toEqual([])
    }
    showing(signCheckpoint({ origin, size, root }, s.keys.board, 'another.example'))
    expect(await step()).toMatchObject([
      { kind: 'second-key', key: expect.stringMatching(/^another\.example\+/) },
    ])

    showing(seen.replace(/\n\d+\n/, '\n1\n'))
    expect(codes(await step())).toEqual(['BOARD_CHECKPOINT at checkpoint'])
    showing('no note at all')
    expect(codes(await step())).toEqual(['BOARD_CHECKPOINT at checkpoint'])
    showing(Uint8Array.of(0xff))
    expect(await step()).toMatchObject([{ kind: 'unreachable', why: 'checkpoint: not UTF-8' }])
    expect(watch.checkpoint).toBe(seen)

    // A witness's line before the board's, which is there.
    const witnessed = cosign(seen, sha256(utf8('a witness')), 'witness.example', start)
    const [body, board, witness] = witnessed.split('\n— ') as [string, string, string]
    const other = following(s)
    await other.step()
    other.state.shown = new MemoryRecord([
      [checkpointPath, utf8(`${body}\n— ${witness.trimEnd()}\n— ${board}\n`)],
    ])
    expect(codes(await other.step())).toEqual(['BOARD_CHECKPOINT at checkpoint'])
  })

  it('a board whose files do not lead to its checkpoint', async () => {
    const s = new Simulation().setUp()
    const { step, state, watch } = following(s)
    await step()
    const seen = s.checkpoint()
    s.cast(0, yes)
    const size = s.size
    const bad = await s.record()
    bad.delete(`tile/0/000.p/${size}`)
    state.shown = bad
    expect(codes(await step())).toEqual([`BOARD_FILE at tile/0/000.p/${size}`])
    expect(await step()).toEqual([])
    const worse = await s.record()
    worse.delete(`payloads/000.p/${size}`)
    state.shown = worse
    expect(codes(await step())).toEqual([`BOARD_FILE at payloads/000.p/${size}`])
    expect(watch.checkpoint).toBeUndefined()
    state.shown = undefined
    expect(await step()).toMatchObject([{ kind: 'grew', from: sizeIn(seen), to: size }])
    expect(watch.checkpoint).toBe(s.checkpoint())
    state.shown = new MemoryRecord([[checkpointPath, utf8('no note at all')]])
    for (const shown of [state.shown, undefined, state.shown]) {
      state.shown = shown
      expect(codes(await step())).toEqual(shown === undefined ? [] : ['BOARD_CHECKPOINT at checkpoint'])
    }
  })

  it('a board of which a later part is missing, and says nothing of the part before it', async () => {
    const s = new Simulation()
    for (let i = 0; i < 299; i++) s.post('notice', { text: `${i}` })
    const { step, state, watch } = following(s)
    const part = await s.record()
    part.delete('payloads/001.p/44')
    state.shown = part
    const events = await step()
    expect(kinds(events)).toEqual(['bad-record'])
    expect(codes(events)).toEqual(['BOARD_FILE at payloads/001.p/44'])
    expect(watch.checkpoint).toBeUndefined()
    state.shown = undefined
    expect(await step()).toMatchObject([{ kind: 'grew', from: 0, to: 300, kinds: { notice: 299 } }])
  })

  it('only what is wrong with a checkpoint that it does not take, though entries wait to be judged', async () => {
    const s = new Simulation().setUp()
    const { origin } = s.definition
    const early = await s.record()
    s.cast(0, yes).cast(1, no)
    const part = await s.record()
    part.delete(`payloads/000.p/${s.size}`)
    const longer = await s.record()
    await longer.write(checkpointPath, utf8(s.cast(2, yes).checkpoint()))
    const fork = await forkOf(s, s.size - 3)
    const foreign = signCheckpoint({ origin, size: 1, root: rootOf([]) }, sha256(utf8('another')), origin)
    for (const [shown, kind] of [
      [early, 'rolled-back'],
      [fork, 'forked'],
      [longer, 'bad-record'],
      [new MemoryRecord([[checkpointPath, utf8(foreign)]]), 'second-key'],
    ] as const) {
      const { step, state, watch } = following(s)
      state.shown = early
      expect(kinds(await step())).toEqual(['grew'])
      state.shown = part
      expect(kinds(await step())).toEqual(['bad-record'])
      state.shown = shown
      expect(kinds(await step())).toEqual([kind])
      expect(watch.checkpoint).toBeUndefined()
    }
  })

  it('no fault in a host that replaces files while they are read', async () => {
    const s = new Simulation().setUp()
    const { step, state } = following(s)
    for (const missing of ['tile/0', 'payloads'] as const) {
      const now = await s.cast(0, missing === 'payloads' ? no : yes).record()
      let checkpoints = 0
      state.shown = {
        async read(path) {
          if (path === checkpointPath) checkpoints += 1
          // The checkpoint of before, then nothing that belongs to it.
          if (path === checkpointPath && checkpoints > 1) return utf8('the next one')
          return path.startsWith(missing) ? undefined : now.read(path)
        },
      }
      expect(await step()).toEqual([{ kind: 'unreachable', why: 'the record changed while it was read' }])
    }
    state.shown = undefined
    expect(kinds(await step())).toEqual(['grew'])
  })

  it('no fault in a host that replaces files while the whole record is read: it is read again', async () => {
    const s = await new Simulation().setUp().cast(0, yes).close().tally()
    const before = await s.record()
    const after = await s.decrypt(1).record()
    const { step, state } = following(s)
    let checkpoints = 0
    state.shown = {
      async read(path) {
        if (path === checkpointPath) checkpoints += 1
        // Once for the round, once for the manifest; then the whole record is read, of which only the checkpoint is from before.
        const old = checkpoints < 3 || (checkpoints === 3 && path === checkpointPath)
        return (old ? before : after).read(path)
      },
    }
    expect(await step()).toMatchObject([
      { kind: 'grew', to: s.size - 1 },
      { kind: 'unreachable', why: 'the record changed while it was read' },
    ])
    expect(await step()).toMatchObject([
      { kind: 'grew', from: s.size - 1, to: s.size },
      { kind: 'examined', ended: false, report: { verdict: 'unfinished' } },
    ])
    expect(await step()).toEqual([])
  })

  it('a record that has never all its files, when patience is over, at once if the checkpoint stays', async () => {
    const s = new Simulation().setUp().cast(0, yes)
    const { step, state } = following(s)
    await step()
    await s.close().tally()
    let next = 'the next one'
    let missing = 'tile/entries'
    const torn: RecordSource = {
      async read(path) {
        const checkpoints = state.asked.filter((asked) => asked === checkpointPath).length
        // Whole for the round; not so for the examination, and another checkpoint after it.
        if (checkpoints > 2) return utf8(next)
        if (checkpoints === 2 && path.startsWith(missing)) return undefined
        return (await s.record()).read(path)
      },
    }
    state.shown = torn
    const told = async () =>
      (await step()).map((e) =>
        e.kind === 'examined' ? e.report.checks.flatMap((c) => c.findings.map(({ code }) => code)) : e.kind,
      )
    expect(await told()).toEqual(['grew', 'unreachable'])
    missing = 'tile/0'
    state.now += stall - 1
    expect(await told()).toEqual(['unreachable'])
    state.now += 1
    expect(await told()).toEqual([['BOARD_FILE']])
    expect(await told()).toEqual([])
    // Patience begins anew with the next examination.
    s.decrypt(1).decrypt(3).result()
    expect(await told()).toEqual(['grew', 'unreachable'])
    next = s.checkpoint()
    expect(await told()).toEqual([['BOARD_FILE']])
    expect(await told()).toEqual([])
  })

  it('what the board has signed, whatever it shows after it', async () => {
    const { record, expected } = loadVector('attacks/TALLY_SUMS/a-ballot-left-out-of-the-sums')
    const watch = new Watch({ election: expected.election!, clock: () => start, stall })
    let checkpoints = 0
    const [, examined] = await watch.step({
      async read(path) {
        if (path === checkpointPath) checkpoints += 1
        return checkpoints > 3 ? utf8('the next one') : record.read(path)
      },
    })
    expect(examined).toMatchObject({ kind: 'examined', report: { verdict: 'refuted' } })
  })

  it('a board that is another one when the whole record is read at the end', async () => {
    const s = new Simulation().setUp().cast(0, yes).cast(1, no).post('aborted', { reason: 'enough' })
    const whole = await s.record()
    const fork = await forkOf(s, s.size - 3)
    const part = await forkOf(s, s.size - 3)
    part.delete(`tile/0/000.p/${s.size - 1}`)
    // Its own checkpoint and entries fit together, and prove that it is another one: no files have been replaced.
    for (const [shown, found] of [
      [fork, ['BOARD_EARLIER']],
      [part, ['BOARD_FILE', 'BOARD_EARLIER']],
    ] as const) {
      const { step, state } = following(s)
      let bundles = 0
      state.shown = {
        async read(path) {
          // Once for the manifest, once for the entries.
          const record = bundles < 2 ? whole : shown
          if (path.startsWith('payloads')) bundles += 1
          return record.read(path)
        },
      }
      const [grew, examined] = await step()
      expect(grew).toMatchObject({ kind: 'grew', to: s.size })
      expect(examined).toMatchObject({
        kind: 'examined',
        report: { verdict: 'refuted', election: s.definition.id },
      })
      const findings = examined?.kind === 'examined' ? examined.report.checks.flatMap((c) => c.findings) : []
      expect(findings.map(({ code }) => code)).toEqual(found)
    }
  })

  it('entries that are wrong, and goes on to the next ones', async () => {
    const s = new Simulation().setUp()
    const { step } = following(s)
    await step()
    const at = s.size
    s.forge({ kind: 'notice', value: { sequence: 7, text: 'seven' } })
    s.append('nonsense', utf8('{}'), [])
    s.append('notice', utf8('{ }'), [])
    const events = await step()
    expect(codes(events)).toEqual([
      `SEQUENCE at entry ${at} (notice)`,
      `ENTRY_KIND at entry ${at + 1} (nonsense)`,
      expect.stringMatching(`^ENTRY_PAYLOAD at entry ${at + 2} \\(notice\\) notice`),
    ])
    expect(events[1]).toMatchObject({ kind: 'grew', from: at, to: at + 3 })
    s.cast(0, yes)
    expect(kinds(await step())).toEqual(['grew'])
  })
})

describe('a watch after another', () => {
  const before = new Simulation().setUp().cast(0, yes)
  const kept = before.checkpoint()

  it('verifies from the start, and continues what the first has seen', async () => {
    const s = new Simulation({ seed: 'longer' }).setUp()
    const seen = s.checkpoint()
    s.cast(0, yes)
    const { step, watch } = following(s, { kept: seen })
    expect(watch.checkpoint).toBe(seen)
    expect(await step()).toMatchObject([{ kind: 'grew', from: 0, to: s.size }])
    expect(watch.checkpoint).toBe(s.checkpoint())
  })

  it('tells a board that was rewritten in between, and keeps the old checkpoint', async () => {
    const fork = await forkOf(before, before.size - 1)
    const { step, state, watch } = following(before, { kept })
    before.cast(1, no)
    state.shown = await forkOf(before, before.size - 2)
    const theirs = await noteOf(state.shown)
    expect(await step()).toEqual([
      { kind: 'forked', by: 'the board', ours: kept, theirs },
      expect.objectContaining({ kind: 'grew', from: 0 }),
    ])
    expect(watch.checkpoint).toBe(kept)
    expect(await step()).toEqual([])

    const shorter = following(before, { kept })
    shorter.state.shown = fork
    expect(await shorter.step()).toMatchObject([
      { kind: 'rolled-back', ours: kept, theirs: await noteOf(fork) },
      { kind: 'grew' },
    ])
    for (const _ of ['as long', 'as it stays so']) expect(await shorter.step()).toEqual([])
    expect(shorter.watch.checkpoint).toBe(kept)
    shorter.state.shown = undefined
    expect(kinds(await shorter.step())).toEqual(['grew'])
    expect(shorter.watch.checkpoint).toBe(before.checkpoint())
  })

  it('compares the first with nothing but a checkpoint that is proved', async () => {
    const s = new Simulation().setUp()
    const seen = s.checkpoint()
    const { origin } = s.definition
    const part = await s.record()
    part.delete(`tile/0/000.p/${s.size}`)
    const foreign = await s.record()
    const { root, size } = parseCheckpoint(parseNote(seen).body)
    await foreign.write(
      checkpointPath,
      utf8(signCheckpoint({ origin, size, root }, sha256(utf8('another')), origin)),
    )
    for (const [shown, kind] of [
      [part, 'bad-record'],
      [foreign, 'second-key'],
    ] as const) {
      const { step, state, watch } = following(s, { kept: seen })
      state.shown = shown
      expect(kinds(await step())).toEqual([kind])
      expect(watch.checkpoint).toBe(seen)
      state.shown = undefined
      expect(kinds(await step())).toEqual(['grew'])
    }
  })

  it('refuses to go on from what is no checkpoint of this board', async () => {
    const other = new Simulation({ seed: 'other' }).checkpoint()
    for (const wrong of [other, 'nothing'])
      await expect(following(before, { kept: wrong }).step()).rejects.toEqual(
        expect.toSatisfy((e: unknown) => e instanceof DecodeError && e.path.startsWith('kept checkpoint')),
      )
  })
})

describe('what others see', () => {
  it('is compared once it is known here, and each thing told once', async () => {
    const s = new Simulation().setUp()
    const early = s.checkpoint()
    const { step, state } = following(s)
    s.cast(0, yes).cast(1, no)
    const fork = await forkOf(s, s.size - 2)
    const theirs = await noteOf(fork)
    const first = await step({ name: 'Ada', note: early }, { name: 'Bo', note: theirs })
    expect(kinds(first)).toEqual(['grew', 'forked'])
    expect(first[1]).toEqual({ kind: 'forked', by: 'Bo', ours: s.checkpoint(), theirs })
    expect(await step({ name: 'Bo', note: theirs })).toEqual([])
    // As the fork grows there is nothing new to be proved.
    expect(await step({ name: 'Bo', note: await noteOf(await forkOf(s, s.size - 1, s.size - 2)) })).toEqual(
      [],
    )
    const ahead = await forkOf(s.cast(2, yes), s.size - 2)
    expect(kinds(await step({ name: 'Cy', note: await noteOf(ahead) }))).toEqual(['grew', 'forked'])
    expect(state.asked.length).toBeGreaterThan(1)
  })

  it('may be ahead for a while, and no longer', async () => {
    const s = new Simulation().setUp()
    const now = await s.record()
    const { step, state } = following(s)
    state.shown = now
    const ahead = s.cast(0, yes).checkpoint()
    const ada = { name: 'Ada', note: ahead }
    expect(kinds(await step(ada))).toEqual(['grew'])
    state.now += stall - 1
    expect(await step(ada)).toEqual([])
    state.now += 1
    expect(await step(ada)).toEqual([{ kind: 'withheld', by: 'Ada', ours: await noteOf(now), theirs: ahead }])
    expect(await step(ada)).toEqual([])
    state.shown = undefined
    expect(kinds(await step(ada))).toEqual(['grew'])
    // The board has caught up. Once more is another thing to tell.
    const later = { name: 'Ada', note: s.cast(1, yes).checkpoint() }
    state.shown = await s.record()
    const last = { name: 'Ada', note: s.cast(2, yes).checkpoint() }
    expect(kinds(await step(later))).toEqual(['grew'])
    expect(await step(last)).toEqual([])
    state.now += stall
    state.shown = away
    expect(await step(last)).toMatchObject([
      { kind: 'unreachable' },
      { kind: 'silent' },
      { kind: 'withheld', by: 'Ada', ours: later.note, theirs: last.note },
    ])
    expect(kinds(await step(last))).toEqual(['unreachable'])
  })

  it('is withheld also where nothing of the board has been accepted here', async () => {
    const s = new Simulation().setUp()
    const record = await s.record()
    const { origin } = s.definition
    const { root } = parseCheckpoint(parseNote(s.checkpoint()).body)
    const seed = sha256(utf8('a second key'))
    await record.write(checkpointPath, utf8(signCheckpoint({ origin, size: s.size, root }, seed, origin)))
    const { step, state, watch } = following(s)
    state.shown = record
    const ada = { name: 'Ada', note: s.checkpoint() }
    expect(kinds(await step(ada))).toEqual(['second-key'])
    state.now += stall
    expect(await step()).toEqual([{ kind: 'withheld', by: 'Ada', ours: '', theirs: ada.note }])
    expect(watch.checkpoint).toBeUndefined()
  })

  it('is found to be of another history when the board has caught up', async () => {
    const s = new Simulation().setUp()
    const now = await s.record()
    s.cast(0, yes).cast(1, no)
    const note = await noteOf(await forkOf(s, s.size - 2))
    const { step, state } = following(s)
    state.shown = now
    expect(kinds(await step({ name: 'Ada', note }))).toEqual(['grew'])
    state.shown = undefined
    expect(await step()).toMatchObject([
      { kind: 'grew' },
      { kind: 'forked', by: 'Ada', ours: s.checkpoint(), theirs: note },
    ])
  })

  it('is left aside where it is no checkpoint of this board, and before there is one', async () => {
    const s = new Simulation()
    const { step, state } = following(s)
    const others = [
      { name: 'Ada', note: 'a poem' },
      { name: 'Bo', note: new Simulation({ seed: 'other' }).checkpoint() },
    ]
    state.shown = away
    expect(kinds(await step(...others))).toEqual(['unreachable'])
    state.shown = undefined
    const events = await step(...others)
    expect(kinds(events)).toEqual(['grew', 'not-compared', 'not-compared'])
    expect(events.slice(1)).toMatchObject([{ name: 'Ada' }, { name: 'Bo', why: expect.stringMatching(/./) }])
    expect(await step({ name: 'Ada', note: 'another poem' })).toEqual([])
  })
})

describe('what does not come', () => {
  it('is no answer for a while, then silence, told once until somebody answers', async () => {
    const s = new Simulation()
    const { step, state } = following(s)
    await step()
    state.shown = away
    state.now += stall - 1
    expect(await step()).toEqual([{ kind: 'unreachable', why: 'no route' }])
    state.now += 1
    expect(await step()).toEqual([
      { kind: 'unreachable', why: 'no route' },
      { kind: 'silent', since: start },
    ])
    expect(kinds(await step())).toEqual(['unreachable'])
    state.shown = undefined
    expect(await step()).toEqual([])
    state.shown = new MemoryRecord()
    state.now += stall
    expect(await step()).toEqual([
      { kind: 'unreachable', why: 'there is no file “checkpoint”' },
      { kind: 'silent', since: start + stall },
    ])
  })

  it('is silence from the beginning, too', async () => {
    const { step, state } = following(new Simulation())
    state.shown = away
    state.now += stall
    expect(kinds(await step())).toEqual(['unreachable', 'silent'])
  })

  it('is an entry that is due, when tolerance and patience are over', async () => {
    const s = new Simulation().setUp()
    const { step, state } = following(s)
    const closes = fromTimestamp(testTimes.closes)
    const late = closes + s.definition.manifest.tolerance + stall
    state.now = late - 1
    expect(kinds(await step())).toEqual(['grew'])
    state.now = late
    expect(await step()).toEqual([{ kind: 'overdue', due: { kind: 'closed', since: closes } }])
    expect(await step()).toEqual([])
    // Also while nobody answers.
    const other = following(s)
    await other.step()
    other.state.shown = away
    other.state.now = late
    expect(kinds(await other.step())).toEqual(['unreachable', 'silent', 'overdue'])
  })

  it('is the opening, told where it could still come when patience was over, however late one looks', async () => {
    const opens = fromTimestamp(testTimes.opens)
    const closes = fromTimestamp(testTimes.closes)
    const ready = new Simulation().roll().ceremony()
    const patience = ready.definition.manifest.tolerance + stall
    const overdue = { kind: 'overdue', due: { kind: 'opened', since: opens, until: closes } }
    for (const now of [opens + patience, closes + patience]) {
      const { step, state } = following(ready)
      state.now = now
      expect((await step())[1]).toEqual(overdue)
    }
    // Nobody can open after the closing time: that the last trustee came just before it is no fault of the board.
    for (const [before, told] of [
      [patience, ['grew', 'overdue']],
      [patience - 1, ['grew']],
    ] as const) {
      const late = new Simulation()
        .roll()
        .at(toTimestamp(closes - before))
        .ceremony()
      const { step, state } = following(late)
      state.now = closes + patience
      expect(kinds(await step())).toEqual(told)
    }
  })

  it('is no opening where the dealings make no key, until the trustees have made one', async () => {
    /** The third trustee, who has listened to the others, takes away what they have dealt; in the first attempt. */
    const edit: SimulationPlan['edit'] = (payload, { polynomials }) => {
      if (payload.kind !== 'trustee-joined' || payload.value.index !== 3 || payload.value.attempt > 1)
        return undefined
      const dealt = polynomials.get(1)![0]! + polynomials.get(2)![0]!
      const own = [ristretto255.order - (dealt % ristretto255.order), randomScalar()]
      polynomials.set(3, own)
      const commitment = toHex(sha256(commitPolynomial(own)))
      return { kind: payload.kind, value: { ...payload.value, commitment } }
    }
    const s = new Simulation({ edit }).roll().ceremony()
    const { step, state } = following(s)
    state.now = fromTimestamp(testTimes.opens) + s.definition.manifest.tolerance + stall
    expect(kinds(await step())).toEqual(['grew'])
    s.post('ceremony-restarted', { attempt: 2, reason: 'they cancel out' })
    expect(kinds(await step())).toEqual(['grew'])
    s.ceremony()
    expect(kinds(await step())).toEqual(['grew', 'overdue'])
    expect(await step()).toEqual([])
    s.post('ceremony-restarted', { attempt: 3, reason: 'a lost laptop' })
    expect(kinds(await step())).toEqual(['grew'])
    s.ceremony()
    expect(kinds(await step())).toEqual(['grew', 'overdue'])
  })

  it('is a result from when enough trustees had decrypted, however many do it later', async () => {
    const s = await new Simulation().setUp().cast(0, yes).close().tally()
    const closes = fromTimestamp(testTimes.closes)
    for (const index of [1, 3, 2]) s.pass(60).decrypt(index)
    const { step, state } = following(s)
    state.now = closes + 120 + s.definition.manifest.tolerance + stall
    expect((await step()).slice(-1)).toEqual([
      { kind: 'overdue', due: { kind: 'result', since: closes + 120 } },
    ])
  })
})

describe('the stored vectors', () => {
  const folders = vectorFolders()
  /** Where a watch says it otherwise: it lists no folder, and the checkpoint from before comes as the kept one. */
  const others: Readonly<Record<string, string>> = {
    BOARD_STRAY: '',
    BOARD_EARLIER: 'forked rolled-back',
    BOARD_CHECKPOINT: 'BOARD_CHECKPOINT second-key',
    BOARD_TILE: 'BOARD_TILE BOARD_ROOT',
    MANIFEST_MISSING: 'MANIFEST_MISSING unreachable',
  }

  it.each(folders.filter((folder) => folder.startsWith('elections/')))(
    '%s: nothing is wrong',
    async (folder) => {
      const { record, expected } = loadVector(folder)
      const watch = new Watch({ election: expected.election!, clock: () => start, stall })
      const events = await watch.step(record)
      expect(events.filter(isAlarm)).toEqual([])
      expect(watch.checkpoint).toBe(fromUtf8((await record.read(checkpointPath))!))
      const ended = events.find((e) => e.kind === 'examined')
      if (expected.verdict === 'verified')
        expect(ended).toMatchObject({ ended: true, report: { verdict: 'verified' } })
    },
  )

  it.each(folders.filter((folder) => folder.startsWith('attacks/')))('%s: is found', async (folder) => {
    const { record, options, expected } = loadVector(folder)
    const code = folder.split('/')[1]!
    const election = options.election ?? expected.election!
    const watch = new Watch({ election, clock: () => start, stall, kept: options.earlier })
    let events: WatchEvent[] = []
    try {
      events = await watch.step(record)
    } catch (error) {
      // The checkpoint from before is none of this board.
      if (code !== 'BOARD_EARLIER' || !(error instanceof DecodeError)) throw error
      return
    }
    const told = events.flatMap((e) =>
      e.kind === 'bad-record'
        ? e.findings.map((f) => f.code as string)
        : e.kind === 'examined'
          ? e.report.checks.flatMap(({ findings }) => findings.map((f) => f.code as string))
          : [e.kind],
    )
    const wanted = (others[code] ?? code).split(' ').filter((w) => w !== '')
    if (wanted.length === 0) expect(events.filter(isAlarm)).toEqual([])
    else expect(told).toEqual(expect.toSatisfy((all: string[]) => wanted.some((w) => all.includes(w))))
  })
})
