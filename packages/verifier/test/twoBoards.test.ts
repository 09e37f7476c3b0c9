import { decodeEntryBundle, formatReceipt, fromTimestamp, fromUtf8, proveInclusion } from '@cista/board'
import { Simulation, testTimes } from '@cista/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fetch, Watch, httpRecord, judgeDispute, receiptFile } from '../src/index.js'
import { forkOf, no, noteOf, receiptFileOf, serve, yes } from './support.js'

/** Who holds the board's key shows Ada a board with her ballot, and everybody else one without. */
describe('two servers that show two boards to two people are caught', () => {
  const s = new Simulation().setUp().cast(0, yes)
  const ballot = s.size - 1
  let adas: Awaited<ReturnType<typeof serve>>
  let others: Awaited<ReturnType<typeof serve>>
  let receipt: Uint8Array
  let bos: Uint8Array

  beforeAll(async () => {
    receipt = await receiptFileOf(s)
    const shown = await s.record()
    // The other board goes on from the same entries: it is the first one without Ada's ballot, and with one of Bo's.
    s.cast(1, no)
    const fork = await forkOf(s, ballot)
    adas = await serve(() => shown)
    others = await serve(() => fork)
    const size = s.size - 1
    const bundle = (await fork.read(`tile/entries/000.p/${size}`))!
    const index = size - 1
    const proof = formatReceipt({
      index,
      proof: await proveInclusion(fork, index, size),
      checkpoint: await noteOf(fork),
    })
    bos = receiptFile(s.manifest, {
      entry: fromUtf8(decodeEntryBundle(bundle, size, 'bundle')[index]!),
      proof,
    })
  })
  afterAll(() => {
    adas.stop()
    others.stop()
  })

  const at = (url: string) => httpRecord(url, fetch as Fetch)
  const watch = () =>
    new Watch({
      election: s.definition.id,
      clock: () => fromTimestamp(testTimes.opens),
      stall: 600,
    })

  it('by an observer who compares what each of them sees', async () => {
    const own = watch()
    const theirs = await noteOf(at(others.url))
    const events = await own.step(at(adas.url), [{ name: 'Bo', note: theirs }])
    expect(events).toMatchObject([
      { kind: 'grew' },
      { kind: 'forked', by: 'Bo', ours: await noteOf(at(adas.url)), theirs },
    ])
  })

  it('by an observer who is shown first the one and then the other', async () => {
    for (const [first, second] of [
      [adas, others],
      [others, adas],
    ] as const) {
      const own = watch()
      await own.step(at(first.url))
      expect(await own.step(at(second.url))).toMatchObject([
        {
          kind: 'forked',
          by: 'the board',
          ours: await noteOf(at(first.url)),
          theirs: await noteOf(at(second.url)),
        },
      ])
    }
  })

  it('by the receipt of the one and the board, or the checkpoint, of the other', async () => {
    expect(await judgeDispute(receipt, at(adas.url))).toMatchObject({ kind: 'on-board' })
    expect(await judgeDispute(bos, at(others.url))).toMatchObject({ kind: 'on-board' })
    for (const [own, other] of [
      [receipt, others],
      [bos, adas],
    ] as const)
      expect(await judgeDispute(own, at(other.url))).toMatchObject({
        kind: 'server-forked',
        evidence: { second: { name: 'the board now', note: await noteOf(at(other.url)) } },
      })
    const seen = { name: 'Bo', note: await noteOf(at(others.url)) }
    expect(await judgeDispute(receipt, at(adas.url), [seen])).toMatchObject({
      kind: 'server-forked',
      evidence: { first: { name: 'the receipt' }, second: seen },
    })
  })
})
