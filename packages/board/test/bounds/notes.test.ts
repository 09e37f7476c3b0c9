import { describe, expect, it } from 'vitest'
import {
  addSignatureLines,
  concat,
  limits,
  parseNote,
  parseVerifierKey,
  sha256,
  signCheckpoint,
  signNote,
  toBase64,
  u32,
  utf8,
  verifierKey,
} from '@cista/board'
import { ed25519PublicKey, verify } from '../../src/note.js'
import { said } from './said.js'

// The formats at their limits and one beyond, and where faults are said to be.

const seed = (n: number) => new Uint8Array(32).fill(n)
const root = sha256(utf8('root'))
const origin = 'board.example'
const signed = signCheckpoint({ origin, size: 9, root }, seed(1), origin)

describe('notes', () => {
  const line = (i: number) => `— key${i} ${toBase64(concat(u32(i), Uint8Array.of(1)))}\n`
  const lines = (n: number) => Array.from({ length: n }, (_, i) => line(i)).join('')

  it('are as long as the limit, and no longer', () => {
    const filled = (length: number) => `${'x'.repeat(length - line(0).length - 2 - 2)}\n\n${line(0)}`
    expect(utf8(filled(limits.noteBytes)).length).toBe(limits.noteBytes)
    expect(said(() => parseNote(filled(limits.noteBytes)))).toBe('yes')
    expect(said(() => parseNote(filled(limits.noteBytes + 1)))).toBe('note: longer than 65536 bytes')
    expect(said(() => parseNote(`x\n\n${lines(limits.noteSignatures)}`))).toBe('yes')
    expect(said(() => parseNote(`x\n\n${lines(limits.noteSignatures + 1)}`))).toBe(
      'note: too many signatures',
    )
  })

  it('may have an empty text', () => {
    expect(parseNote(`\n\n${line(0)}`).body).toBe('\n')
    expect(said(() => parseNote(`\n${line(0)}`))).toBe('note: no blank line before the signatures')
  })

  it('name a line that is wrong by its number', () => {
    const form = 'not "— <key name> <base64>"'
    for (const wrong of ['x', ' — key AAAAAAA=', '— key', '—  AAAAAAA='])
      expect(said(() => parseNote(`x\n\n${line(0)}${wrong}\n`))).toBe(`note signature 2: ${form}`)
    expect(said(() => parseNote(`x\n\n— key A\n`))).toMatch(/^note signature 1: .*base64/)
    const bytes = (n: number) => toBase64(new Uint8Array(n))
    expect(said(() => parseNote(`x\n\n— key ${bytes(4)}\n`))).toBe('note signature 1: too short')
    expect(said(() => parseNote(`x\n\n— key ${bytes(5)}\n`))).toBe('yes')
    expect(said(() => addSignatureLines(signed, 'x'))).toMatch(/^note: /)
    expect(said(() => addSignatureLines(signed, `x\n\n${line(0)}`))).toBe('note: not signature lines')
  })

  it('are signed only where they can be read', () => {
    const signer = { name: 'board', secret: seed(1) }
    for (const bad of ['x', '', 'x\ty\n', 'x\r\n'])
      expect(said(() => signNote(bad, signer))).toBe('RangeError not the text of a note')
    for (const name of ['', 'a b', 'a+b', 'é'])
      expect(said(() => signNote('x\n', { ...signer, name }))).toBe('RangeError not a key name')
    for (const name of ['', 'a b', 'a+b', 'é'])
      expect(said(() => verifierKey(name, ed25519PublicKey(seed(1))))).toBe('RangeError not a key name')
  })

  it('have keys that are written in one way', () => {
    const key = verifierKey('board', ed25519PublicKey(seed(1)))
    expect(said(() => parseVerifierKey(key))).toBe('yes')
    const form = 'verifier key: not <name>+<id>+<key>'
    for (const bad of [
      `+${key}`,
      key.replace('board', ''),
      key.replace('board', 'a b'),
      'board+0000000+AA',
      'board+00000000+',
      '',
    ])
      expect(said(() => parseVerifierKey(bad))).toBe(form)
    expect(said(() => parseVerifierKey(`${key}\n`))).toMatch(/^verifier key: .*base64/)
    // No point of Ed25519, one of small order, and too few bytes.
    for (const bytes of [
      new Uint8Array(32).fill(2),
      Uint8Array.of(1, ...new Uint8Array(31)),
      new Uint8Array(31),
    ])
      expect(
        said(() => parseVerifierKey(`board+00000000+${toBase64(concat(Uint8Array.of(1), bytes))}`)),
      ).toBe('verifier key: not an Ed25519 public key')
  })

  it('are verified as RFC 8032 says, whatever the signature is', () => {
    const message = utf8('x')
    for (const length of [0, 63, 64, 65])
      expect(verify(message, new Uint8Array(length), ed25519PublicKey(seed(1)))).toBe(false)
    // ZIP 215 would take the identity's signature for one by the identity: R = A = identity, s = 0.
    const identity = Uint8Array.of(1, ...new Uint8Array(31))
    expect(verify(message, concat(identity, new Uint8Array(32)), identity)).toBe(false)
  })
})
