import { describe, expect, it } from 'vitest'
import {
  type CheckpointPolicy,
  boardKey,
  concat,
  cosign,
  fromHex,
  lastTime,
  limits,
  openCheckpoint,
  parseCheckpoint,
  parseVerifierKey,
  sha256,
  signCheckpoint,
  signNote,
  toBase64,
  utf8,
  witnessKey,
} from '@cista/board'
import { said } from './said.js'

// The formats at their limits and one beyond, and where faults are said to be.

const seed = (n: number) => new Uint8Array(32).fill(n)
const root = sha256(utf8('root'))
const origin = 'board.example'
const names = ['one.example', 'two.example']
const policy: CheckpointPolicy = {
  board: boardKey(seed(1), origin),
  witnesses: names.map((name, i) => witnessKey(seed(2 + i), name)),
  quorum: 0,
}
const opened = (note: string, change: Partial<CheckpointPolicy> = {}) =>
  said(() => openCheckpoint(note, { ...policy, ...change }))
const body = (size: number | string, name = origin, hash = toBase64(root)) => `${name}\n${size}\n${hash}\n`
const signed = signCheckpoint({ origin, size: 9, root }, seed(1), origin)

describe('checkpoints', () => {
  it('are three lines', () => {
    expect(said(() => parseCheckpoint(body(9)))).toBe('yes')
    for (const lines of [
      '',
      '\n',
      `${origin}\n9`,
      body(9).slice(0, -1),
      `${body(9)}x`,
      `${body(9)}\n`,
      `${origin}\n9\n`,
    ])
      expect(said(() => parseCheckpoint(lines))).toBe('checkpoint: not three lines')
    expect(said(() => parseCheckpoint(body(9, '')))).toBe('checkpoint: origin empty or too long')
    expect(said(() => parseCheckpoint(body(9, 'o'.repeat(255))))).toBe('yes')
    expect(said(() => parseCheckpoint(body(9, 'o'.repeat(256))))).toBe('checkpoint: origin empty or too long')
  })

  it('say a size up to the limit, and a root', () => {
    const most = limits.entries
    expect(parseCheckpoint(body(most)).size).toBe(most)
    for (const size of [most + 1, '01', '', '-1', '1e3', ' 9'])
      expect(said(() => parseCheckpoint(body(size)))).toBe(`checkpoint size: not a number up to ${most}`)
    expect(said(() => parseCheckpoint(body(9, origin, 'AAAA')))).toBe('checkpoint root: not 32 bytes')
    expect(said(() => parseCheckpoint(body(9, origin, 'A')))).toMatch(/^checkpoint root: .*base64/)
    expect(said(() => parseCheckpoint(body(9, origin, ''), 'there'))).toBe('there root: not 32 bytes')
  })

  it('have the board’s signature in the first line', () => {
    expect(opened(signed)).toBe('yes')
    const why = 'checkpoint: no valid signature of the board in the first line'
    const cosigned = cosign(signed, seed(2), names[0]!, 5)
    const [head, lines] = [
      cosigned.slice(0, cosigned.indexOf('\n\n') + 2),
      cosigned.split('\n\n')[1]!.split('\n'),
    ]
    expect(opened(`${head}${lines[1]}\n`)).toBe(why)
    expect(opened(`${head}${lines[1]}\n${lines[0]}\n`)).toBe(why)
    expect(opened(signNote(body(9), { name: origin, secret: seed(9) }))).toBe(why)
    expect(opened(signNote(body(9), { name: 'another', secret: seed(1) }))).toBe(why)
    expect(opened(signed.replace('\n9\n', '\n8\n'))).toBe(why)
    expect(opened(signNote(body(9, 'another'), { name: origin, secret: seed(1) }))).toBe(
      'checkpoint: not the origin of this board',
    )
  })

  it('name a line that is wrong by its number', () => {
    const strangers = cosign(signed, seed(9), names[0]!, 5)
    expect(opened(strangers)).toBe('checkpoint signature 2: by an unknown key')
    const renamed = cosign(signed, seed(2), 'another.example', 5)
    expect(opened(renamed)).toBe('checkpoint signature 2: by an unknown key')
    const both = cosign(cosign(signed, seed(2), names[0]!, 5), seed(9), 'another.example', 5)
    expect(opened(both)).toBe('checkpoint signature 3: by an unknown key')
  })

  it('are cosigned in years that timestamps can write', () => {
    expect(opened(cosign(signed, seed(2), names[0]!, lastTime))).toBe('yes')
    expect(opened(cosign(signed, seed(2), names[0]!, lastTime + 1))).toBe(
      'checkpoint signature 2: a time after the year 9999',
    )
    const { id } = parseVerifierKey(policy.witnesses[0]!)
    const line = (bytes: Uint8Array) => `— ${names[0]} ${toBase64(concat(fromHex(id), bytes))}\n`
    expect(opened(signed + line(new Uint8Array(71)))).toBe(
      'checkpoint signature 2: not a timestamped signature',
    )
    expect(opened(signed + line(new Uint8Array(73)))).toBe(
      'checkpoint signature 2: not a timestamped signature',
    )
    expect(opened(signed + line(new Uint8Array(72)))).toBe('checkpoint signature 2: wrong signature')
    expect(opened(signed + line(new Uint8Array(72).fill(255)))).toMatch(/^checkpoint signature 2: /)
  })

  it('take keys for what they are', () => {
    const asWitness = witnessKey(seed(1), origin)
    const asBoard = boardKey(seed(2), names[0]!)
    expect(opened(signed, { board: asWitness })).toBe('board key: not a key for notes')
    expect(opened(signed, { witnesses: [policy.witnesses[1]!, asBoard] })).toBe(
      'witnesses: not a key for cosignatures',
    )
    expect(opened(signed, { board: 'x' })).toBe('board key: not <name>+<id>+<key>')
    expect(opened(signed, { witnesses: [policy.witnesses[0]!, 'x'] })).toBe(
      'witness 2: not <name>+<id>+<key>',
    )
    expect(opened(signed, { witnesses: [witnessKey(seed(2), 'a'), witnessKey(seed(2), 'b')] })).toBe(
      'witnesses: one key under two names',
    )
    expect(opened(signed, { witnesses: [witnessKey(seed(1), 'a')] })).toBe(
      'witnesses: one key under two names',
    )
  })
})

describe('a signature under another name', () => {
  it('is not the board’s, though the key’s id is', () => {
    const renamed = signed.replace(/— [^ ]+ /, '— elsewhere.example ')
    expect(renamed).not.toBe(signed)
    expect(opened(signed)).toBe('yes')
    expect(opened(renamed)).toBe('checkpoint: no valid signature of the board in the first line')
  })
})
