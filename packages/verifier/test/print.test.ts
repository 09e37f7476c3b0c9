import { Simulation } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import type { Asked } from '../cli/ownSide.js'
import { printJson, printReport } from '../cli/print.js'
import { examineRecord } from '../src/index.js'

const yes = { question: { kind: 'selection', selected: ['yes'] } } as const

async function counted(minimumBallots: number, ...voters: number[]) {
  const s = new Simulation({ manifest: { minimumBallots } }).setUp()
  for (const voter of voters) s.cast(voter, yes)
  await s.close().tally()
  if (voters.length >= minimumBallots) s.decrypt(1).decrypt(2)
  return s.result()
}

async function shown(s: Simulation, asked: Asked = {}): Promise<string> {
  const { report, checked } = await examineRecord(await s.record(), {
    ...(asked.election === undefined ? {} : { election: asked.election }),
    ...(asked.checkpoint === undefined ? {} : { earlier: asked.checkpoint.note }),
  })
  return printReport(report, checked.definition, asked)
}

describe('a report for people', () => {
  it('speaks of totals only where there are some', async () => {
    const one = await shown(await counted(1, 0))
    expect(one).toContain('\n1 ballot: 1 counted')
    expect(one).toContain('VERIFIED. The totals above are the votes')
    const none = await shown(await counted(5, 0, 1))
    expect(none).toContain('withheld: fewer than 5 counted ballots')
    expect(none).toContain('VERIFIED. The votes on this board were counted right. There are no totals')
    expect(none).not.toContain('totals above')
  })

  it('counts nothing in an election that was aborted', async () => {
    const s = new Simulation().setUp().cast(0, yes).cast(1, yes)
    expect(await shown(s)).toContain('\n2 ballots: 2 counted')
    const text = await shown(s.post('aborted', { reason: 'A test' }))
    expect(text).toContain('\n2 ballots: none counts, as the election was aborted, 0 replaced')
    expect(text).not.toContain('2 counted')
    expect(text).toContain('UNFINISHED. The election was aborted: A test')
  })

  it('sends whoever asked for another election to their own typing first', async () => {
    const s = await counted(1, 0)
    const text = await shown(s, { election: 'ab'.repeat(32) })
    expect(text).toContain('MANIFEST_ID')
    expect(text).toContain('ANOTHER ELECTION.')
    expect(text).toContain('whether you typed the id right')
    expect(text).not.toContain('REFUTED')
    expect(await shown(s, { election: s.definition.id })).toContain('VERIFIED')
  })

  it('tells a damaged checkpoint of the caller from a board with another history', async () => {
    const s = await counted(1, 0)
    const note = s.checkpoint()
    const wrong = [note.replaceAll('\n', '\r\n'), note.trimEnd(), note.replace(/\n\d+\n/, '\n1\n'), 'mine']
    for (const damaged of wrong) {
      const text = await shown(s, { checkpoint: { file: 'kept.txt', note: damaged } })
      expect(text).toContain('BOARD_EARLIER')
      expect(text).toContain('NOT COMPARED. Your file kept.txt is no checkpoint of this board')
      expect(text).not.toContain('REFUTED')
    }
    const other = new Simulation({ manifest: { minimumBallots: 1 } }).setUp().cast(1, yes)
    const text = await shown(s, { checkpoint: { file: 'kept.txt', note: other.checkpoint() } })
    expect(text).toContain('BOARD_EARLIER')
    expect(text).toContain('REFUTED. Something is wrong with this record')
    expect(await shown(s, { checkpoint: { file: 'kept.txt', note } })).toContain('VERIFIED')
  })
})

it('escapes in JSON what terminals may take for a command', async () => {
  const reason = 'over \u009b2J \u0085 \u007f \u001b[2J'
  const s = new Simulation().setUp().cast(0, yes)
  const { report } = await examineRecord(await s.record())
  const text = printJson({ ...report, aborted: reason })
  // oxlint-disable-next-line no-control-regex
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(text).toContain('\\u009b2J \\u0085 \\u007f \\u001b[2J')
  expect(JSON.parse(text)).toEqual({ ...report, aborted: reason })
})
