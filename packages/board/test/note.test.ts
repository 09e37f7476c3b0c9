import { describe, expect, it } from 'vitest'
import {
  DecodeError,
  parseNote,
  parseVerifierKey,
  signNote,
  toBase64,
  toHex,
  utf8,
  verifierKey,
} from '@cista/board'
import { ed25519PublicKey, verify } from '../src/note.js'

// The example of C2SP signed-note.
const vkey = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k'
const example = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`
const line = example.split('\n')[2]!
const seed = new Uint8Array(32).fill(7)

it('reads and verifies the example of the specification', () => {
  const key = parseVerifierKey(vkey)
  const { body, signatures } = parseNote(example)
  expect(body).toBe('This is an example message.\n')
  expect(signatures).toHaveLength(1)
  expect(signatures[0]).toMatchObject({ name: key.name, id: key.id })
  expect(verify(utf8(body), signatures[0]!.bytes, key.key)).toBe(true)
  expect(verify(utf8(`${body}x`), signatures[0]!.bytes, key.key)).toBe(false)
  expect(verifierKey(key.name, key.key)).toBe(vkey)
})

it('separates text and signatures at the last empty line', () => {
  const text = 'a\n\nb\n'
  const note = signNote(text, { name: 'board', secret: seed })
  const { body, signatures } = parseNote(note)
  expect(body).toBe(text)
  expect(verify(utf8(text), signatures[0]!.bytes, ed25519PublicKey(seed))).toBe(true)
})

describe('parseNote', () => {
  it.each([
    ['no blank line', example.replace('\n\n', '\n'), 'no blank line'],
    ['no signature', 'text\n\n', 'no signature line'],
    ['no last newline', example.slice(0, -1), 'no signature line, or one without its newline'],
    ['something after the last line', `${example}x`, 'no signature line, or one without its newline'],
    ['CRLF', example.replaceAll('\n', '\r\n'), 'control character'],
    ['a carriage return in a line', example.replace('message.', 'message.\r'), 'control character'],
    ['a tab', example.replace(' is', '\tis'), 'control character'],
    ['a lone surrogate', example.replace('message', '\udc00'), 'lone surrogate'],
    ['a hyphen for the dash', example.replace('—', '-'), 'not "— <key name> <base64>"'],
    ['two spaces', example.replace('— ', '—  '), 'not "— <key name> <base64>"'],
    ['a space at the end', example.replace(line, `${line} `), 'not "— <key name> <base64>"'],
    ['a plus in the name', example.replace('foo', 'f+o'), 'not "— <key name> <base64>"'],
    ['a no-break space in the name', example.replace('foo', 'f\u00a0o'), 'not "— <key name> <base64>"'],
    ['a signature line twice', `${example}${line}\n`, 'two signatures by one key'],
    ['two lines of one key', `${example}— example.com/foo Uw2QOgAA\n`, 'two signatures by one key'],
    ['only a key id', `text\n\n— foo ${toBase64(new Uint8Array(4))}\n`, 'too short'],
    ['unpadded base64', example.replace('QM=', 'QM'), 'wrong padding'],
    ['unused bits set', example.replace('QM=', 'QN='), 'unused bits'],
    [
      'too many lines',
      example + Array.from({ length: 128 }, (_, i) => `— w${i} AAAAAAA=\n`).join(''),
      'too many signatures',
    ],
    ['too much text', 'x'.repeat(2 ** 16) + example, 'longer than'],
  ])('refuses %s', (_name, text, why) => {
    expect(() => parseNote(text)).toThrow(why)
    expect(() => parseNote(text)).toThrow(DecodeError)
  })
})

describe('parseVerifierKey', () => {
  const key = parseVerifierKey(vkey).key
  it.each([
    ['another id', vkey.replace('530d903a', '530d903b'), 'the id is not that of the key'],
    ['an upper-case id', vkey.replace('530d903a', '530D903A'), 'not <name>+<id>+<key>'],
    ['another name', vkey.replace('foo', 'bar'), 'the id is not that of the key'],
    ['no name', vkey.slice('example.com/foo'.length), 'not <name>+<id>+<key>'],
    ['a name with a space', vkey.replace('/foo', ' foo'), 'not <name>+<id>+<key>'],
    ['a short key', verifierKey('x', key.slice(1)), 'not an Ed25519 public key'],
    ['another algorithm', vkey.replace('+Ae', '+Be'), 'unknown algorithm'],
    [
      'the neutral point',
      verifierKey('x', Uint8Array.of(1, ...new Uint8Array(31))),
      'not an Ed25519 public key',
    ],
    [
      'bytes that are no point',
      verifierKey('x', Uint8Array.of(2, ...new Uint8Array(31))),
      'not an Ed25519 public key',
    ],
    [
      'a coordinate beyond the field',
      verifierKey('x', new Uint8Array(32).fill(255)),
      'not an Ed25519 public key',
    ],
  ])('refuses %s', (_name, text, why) => {
    expect(() => parseVerifierKey(text)).toThrow(why)
  })

  it('tells algorithms apart by the id', () => {
    expect(parseVerifierKey(verifierKey('x', key, 4))).toMatchObject({ name: 'x', algorithm: 4 })
    expect(verifierKey('x', key, 4).slice(2, 10)).not.toBe(verifierKey('x', key, 1).slice(2, 10))
    expect(toHex(parseVerifierKey(verifierKey('x', key, 4)).key)).toBe(toHex(key))
  })
})
