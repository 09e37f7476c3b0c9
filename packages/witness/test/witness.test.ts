import { openCheckpoint, sha256, utf8 } from '@cista/board'
import { type Answer, Witness, verifierKeyOf } from '@cista/witness'
import { beforeEach, describe, expect, it } from 'vitest'
import { TestBoard } from './board.js'

const key = { name: 'witness.example/a', seed: sha256(utf8('a witness')) }
const [one, two] = [new TestBoard('vote.example/1'), new TestBoard('vote.example/2')]

let now: number
let saved: string[]
/** What a store does before it resolves. */
let saving: (origin: string) => Promise<void>
let witness: Witness

beforeEach(() => {
  now = 1_700_000_000_999
  saved = []
  saving = async () => undefined
  const save = async (origin: string, next: { note: string }) => {
    await saving(origin)
    saved.push(next.note)
  }
  witness = new Witness(key, new Map(), { store: { save }, clock: () => now })
  witness.setBoards(new Map([one, two].map((board) => [board.origin, board.key])))
})

const ask = (board: TestBoard, old: number, to: number): Promise<Answer> =>
  witness.addCheckpoint(utf8(board.grow(to).request(old, to)))
const timeOf = (answer: Answer): number => {
  if (answer.kind !== 'cosigned') throw new Error(answer.kind)
  return answer.cosigned.time
}

it('answers after its store has the note, and not before', async () => {
  let go: () => void = () => undefined
  saving = () => new Promise((resolve) => (go = resolve))
  let answered = false
  const answer = ask(one, 0, 3).finally(() => {
    answered = true
  })
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect({ answered, last: witness.last(one.origin) }).toEqual({ answered: false, last: undefined })
  go()
  expect((await answer).kind).toBe('cosigned')
  const policy = { board: one.key, witnesses: [verifierKeyOf(key)], quorum: 1 }
  expect(openCheckpoint(saved[0]!, policy).cosignatures).toEqual([{ name: key.name, time: 1_700_000_000 }])
})

describe('its time', () => {
  it('is that of the clock, and never goes back', async () => {
    expect(timeOf(await ask(one, 0, 3))).toBe(1_700_000_000)
    now += 60_000
    expect(timeOf(await ask(one, 3, 3))).toBe(1_700_000_060)
    now -= 3_600_000
    expect(timeOf(await ask(one, 3, 5))).toBe(1_700_000_060)
    // Boards know nothing of each other.
    expect(timeOf(await ask(two, 0, 1))).toBe(1_699_996_460)
  })

  it('is never zero, which would mean none', async () => {
    now = 0
    expect(timeOf(await ask(one, 0, 3))).toBe(1)
  })
})

it('takes the requests of one board in turn, and does not keep those of others waiting', async () => {
  let [writing, most] = [0, 0]
  saving = async (origin) => {
    if (origin === two.origin) return
    most = Math.max(most, ++writing)
    await new Promise((resolve) => setTimeout(resolve, 10))
    writing -= 1
  }
  one.grow(30)
  const order: string[] = []
  const many = Array.from({ length: 10 }, (_, i) => ask(one, i, i + 1).then(({ kind }) => order.push(kind)))
  await ask(two, 0, 1).then(() => order.push('other'))
  await Promise.all(many)
  expect(most).toBe(1)
  expect(order.indexOf('other')).toBeLessThan(3)
  expect(order.filter((kind) => kind === 'cosigned')).toHaveLength(10)
  expect(
    witness
      .all()
      .map(({ checkpoint }) => checkpoint.size)
      .sort((a, b) => a - b),
  ).toEqual([1, 10])
})

it('halts for a board whose note may not be stored', async () => {
  await ask(one, 0, 3)
  saving = () => Promise.reject(new Error('no space left'))
  expect(await ask(one, 3, 5)).toEqual({ kind: 'halted', origin: one.origin, why: 'no space left' })
  saving = async () => undefined
  // Nobody knows which of the two is on the disk.
  for (const [old, to] of [
    [3, 5],
    [5, 6],
  ] as const)
    expect((await ask(one, old, to)).kind).toBe('halted')
  expect(witness.halted).toEqual([one.origin])
  expect((await ask(two, 0, 1)).kind).toBe('cosigned')
})

it('goes on after a request that was refused, and settles', async () => {
  const answers = [ask(one, 0, 3), ask(one, 0, 4), ask(one, 3, 4)]
  await witness.settled()
  expect((await Promise.all(answers)).map(({ kind }) => kind)).toEqual(['cosigned', 'stale', 'cosigned'])
})

it('takes no other key for a board that it knows', async () => {
  await ask(one, 0, 3)
  const other = new TestBoard('vote.example/3').key
  expect(() => witness.setBoards(new Map([[one.origin, other]]))).toThrow(`what is kept of ${one.origin}`)
  expect((await ask(one, 3, 4)).kind).toBe('cosigned')
  witness.setBoards(new Map())
  expect(await ask(one, 4, 5)).toEqual({ kind: 'unknown', origin: one.origin })
})
