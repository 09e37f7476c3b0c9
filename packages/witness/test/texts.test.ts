import { DecodeError, boardKey, sha256, utf8, witnessKey } from '@cista/board'
import { describe, expect, it } from 'vitest'
import { formatSecretKey, parseElections, parseSecretKey, readCosigned, verifierKeyOf } from '@cista/witness'
import { TestBoard, withStranger } from './board.js'
import { cosignedBy } from '../src/state.js'

const seed = sha256(utf8('a witness'))
const key = { name: 'witness.example/a#1', seed }

describe('the secret key', () => {
  it('is a line that can be read again', () => {
    const text = formatSecretKey(key)
    expect(text).toMatch(/^PRIVATE\+KEY\+witness\.example\/a#1\+[0-9a-f]{8}\+\S{44}\n$/)
    expect(parseSecretKey(text)).toEqual(key)
    expect(verifierKeyOf(key)).toBe(witnessKey(seed, key.name))
    expect(text.split('+')[3]).toBe(verifierKeyOf(key).split('+')[1])
  })

  const text = formatSecretKey(key)
  it.each([
    ['nothing', ''],
    ['no newline', text.trimEnd()],
    ['two newlines', `${text}\n`],
    ['the verifier key', `${verifierKeyOf(key)}\n`],
    ['another id', text.replace(/\+[0-9a-f]{8}\+/, '+00000000+')],
    ['another name', text.replace('a#1', 'a#2')],
    ['a space in the name', text.replace('a#1', 'a 1')],
    ['another algorithm', text.replace(/\+B([^+]*)$/, '+A$1')],
    ['a short seed', text.replace(/....\n$/, '\n')],
    ['no base64', text.replace(/....\n$/, '????\n')],
  ])('is refused as %s, without being told', (_name, bad) => {
    expect(() => parseSecretKey(bad)).toThrow(DecodeError)
    try {
      parseSecretKey(bad)
    } catch (error) {
      expect((error as Error).message).not.toContain(text.split('+')[4]!.slice(0, 8))
    }
  })
})

describe('the list of elections', () => {
  const [a, b] = [boardKey(seed, 'vote.example/1'), boardKey(seed, 'vote.example/2#x')]

  it('is a key a line, with comments', () => {
    const text = `# the city\n${a}\n\n  ${b}   # the second\n\t#${a}\r\n`
    expect([...parseElections(text)]).toEqual([
      ['vote.example/1', a],
      ['vote.example/2#x', b],
    ])
    expect(parseElections('').size).toBe(0)
  })

  it.each([
    ['a word', 'x', 'elections line 1: not <name>+<id>+<key>'],
    ['two keys in a line', `\n${a} ${b}`, 'elections line 2'],
    ['a damaged key', a.replace(/\+[0-9a-f]{8}\+/, '+00000000+'), 'the id is not that of the key'],
    ['the key of a witness', verifierKeyOf(key), 'the key of a witness'],
    ['one board twice', `${a}\n${a}`, 'line 2: a second key for vote.example/1'],
    ['an origin that no checkpoint can have', boardKey(seed, 'x'.repeat(256)), 'too long'],
  ])('is refused with %s', (_name, text, why) => {
    expect(() => parseElections(text)).toThrow(DecodeError)
    expect(() => parseElections(text)).toThrow(why)
  })
})

describe('what is kept', () => {
  const note = new TestBoard('vote.example/1').grow(3).note()
  const kept = cosignedBy(key, note, 1_700_000_000)

  it('can be read again', () => {
    expect(readCosigned(kept.note, key)).toEqual(kept)
    expect(kept).toMatchObject({ time: 1_700_000_000, checkpoint: { origin: 'vote.example/1', size: 3 } })
  })

  const line = kept.note.slice(note.length)
  it.each([
    ['without the witness', note],
    ['without the board', note.replace(/— .*\n$/s, line)],
    ['with lines swapped', note.replace(/(— .*\n)$/s, `${line}$1`)],
    ['with a third line', withStranger(kept.note)],
    ['cosigned by another', cosignedBy({ ...key, seed: sha256(seed) }, note, 1_700_000_000).note],
    ['under another name', cosignedBy({ ...key, name: 'witness.example/b' }, note, 1_700_000_000).note],
    ['of another tree', kept.note.replace('\n3\n', '\n4\n')],
    [
      'of another time',
      kept.note.replace(line, cosignedBy(key, note, 1).note.slice(note.length, -80) + line.slice(-80)),
    ],
    ['of a time beyond 2^53', kept.note.replace(/ (\S{6})\S{11}(\S+)\n$/, ' $1f////////w$2\n')],
  ])('is refused %s', (_name, text) => {
    expect(() => readCosigned(text, key)).toThrow(DecodeError)
  })
})
