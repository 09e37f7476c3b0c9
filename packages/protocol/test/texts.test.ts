import { type Codec, DecodeError } from '@cista/board'
import { identifier, language, lookAlikeKey, nameText } from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { proseText } from '../src/texts.js'

/** Those of the values that the codec takes. */
const taken = (codec: Codec<string>, values: readonly unknown[]) =>
  values.filter((value) => {
    try {
      return codec.decode(value, 'x') === value
    } catch (error) {
      if (error instanceof DecodeError) return false
      throw error
    }
  })

describe('names', () => {
  it('are of any script', () => {
    const good = [
      'Ann',
      'Łódź nad Olzą',
      'Nguyễn Thị Hà',
      '投票',
      'انتخابات',
      'தேர்தல்',
      'a  b',
      '👩',
      'é'.repeat(200),
    ]
    expect(taken(nameText, good)).toEqual(good)
  })

  it('hold nothing that cannot be seen, turns direction, or ends a line', () => {
    const bad =
      '\0\t\n\r\u007f\u0085\u2028\u2029\u061c\u200b\u200d\u200e\u200f\u202a\u202e\u2060\u2066\u2069\ufeff'
    expect(
      taken(
        nameText,
        Array.from(bad, (c) => `a${c}b`),
      ),
    ).toEqual([])
    const unseen =
      '\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0\ufff0\ufffb\u{1bca0}\u{1d173}\u{e0001}\u{e0041}\u{e01f0}'
    expect(
      taken(
        nameText,
        Array.from(unseen, (c) => `a${c}b`),
      ),
    ).toEqual([])
    const selected = ['☑\ufe0f', '葛\u{e0100}飾', 'ᠮ\u180bᠣ']
    expect(taken(nameText, selected)).toEqual(selected)
  })

  it('say why they are refused', () => {
    expect(() => nameText.decode('a\u00adb', 'x')).toThrow('x: holds a character that cannot be seen')
  })

  it('are in NFC, trimmed, neither empty nor too long', () => {
    const bad = [
      'e\u0301',
      'a\ud800b',
      '',
      ' ',
      ' a',
      'a ',
      '\u00a0a',
      'x'.repeat(401),
      'é'.repeat(201),
      1,
      null,
    ]
    expect(taken(nameText, bad)).toEqual([])
  })
})

it('names that look alike have one key', () => {
  const one = [
    ['Ann', 'ANN'],
    ['Straße', 'STRASSE'],
    ['a b', 'A  \u00a0B'],
    ['é', 'e\u0301'],
    ['ΣΑΣ', 'σας'],
    ['ſ', 's'],
    ['☑', '☑\ufe0f'],
    ['葛飾', '葛\u{e0100}飾'],
  ] as const
  for (const [a, b] of one) expect(lookAlikeKey(a)).toBe(lookAlikeKey(b))
  expect(new Set(['Ann', 'Anna', 'a', 'á', 'ab', 'a b'].map(lookAlikeKey)).size).toBe(6)
})

it('ids are small letters, digits and single dashes', () => {
  const good = ['a', '0', 'p-196', 'a_b-c', 'x'.repeat(64)]
  expect(taken(identifier, good)).toEqual(good)
  const bad = ['', '-a', 'a-', 'a--b', 'A', 'a.b', 'a b', 'é', 'x'.repeat(65), 'a\n']
  expect(taken(identifier, bad)).toEqual([])
})

it('languages are tags of BCP 47 in their usual case', () => {
  const good = ['en', 'vi', 'fil', 'pt-BR', 'zh-Hant', 'zh-Hant-TW', 'es-419']
  expect(taken(language, good)).toEqual(good)
  expect(taken(language, ['', 'e', 'EN', 'en-us', 'en_US', 'zh-hant', 'en-', 'toolong'])).toEqual([])
})

describe('prose', () => {
  it('has lines, and no character that turns them around', () => {
    expect(taken(proseText, ['one\ntwo', 'a\u202eb', 'a\u0007b'])).toEqual(['one\ntwo'])
  })
})

describe('capitals of two kinds', () => {
  it('look alike', () => expect(lookAlikeKey('\u03f4')).toBe(lookAlikeKey('\u0398')))
})
