import { describe, expect, it } from 'vitest'
import {
  DecodeError,
  addSignatureLines,
  boardKey,
  cosign,
  cosignatureLine,
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  readU64,
  sha256,
  signCheckpoint,
  signNote,
  toBase64,
  utf8,
  witnessKey,
} from '@cista/board'

const origin = 'vote.example/2026'
const seed = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const checkpoint = { origin, size: 12, root: sha256(utf8('root')) }
const signed = signCheckpoint(checkpoint, seed(1), origin)
const witnesses = [2, 3, 4].map((n) => witnessKey(seed(n), `witness.example/${n}`))
const policy = { board: boardKey(seed(1), origin), witnesses, quorum: 2 }
const one = cosign(signed, seed(2), 'witness.example/2', 1_700_000_000)
const two = cosign(one, seed(4), 'witness.example/4', 1_700_000_001)

it('opens what board and quorum signed', () => {
  expect(openCheckpoint(two, policy)).toEqual({
    checkpoint,
    cosignatures: [
      { name: 'witness.example/2', time: 1_700_000_000 },
      { name: 'witness.example/4', time: 1_700_000_001 },
    ],
  })
  expect(openCheckpoint(signed, { ...policy, witnesses: [], quorum: 0 }).cosignatures).toEqual([])
})

it('reads the example of C2SP tlog-cosignature', () => {
  const { body, signatures } = parseNote(`example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`)
  expect(parseCheckpoint(body)).toMatchObject({ origin: 'example.com/behind-the-sofa', size: 20852163 })
  expect(formatCheckpoint(parseCheckpoint(body))).toBe(body)
  expect(() => parseCheckpoint(body.replace('sofa', '\ud800'))).toThrow(
    new DecodeError('checkpoint', 'lone surrogate'),
  )
  expect(signatures.map(({ bytes }) => bytes.length)).toEqual([64, 72])
  expect(readU64(signatures[1]!.bytes, 0)).toBe(1679315147)
})

const stranger = cosignatureLine(signed, seed(9), 'stranger.example', 1)
const resign = (body: string): string => signNote(body, { name: origin, secret: seed(1) })
const body = formatCheckpoint(checkpoint)
const lines = two.split('\n')
const boardLine = lines[4]!
const swapped = [...lines.slice(0, 4), lines[5], boardLine, lines[6], ''].join('\n')
const withTime = (note: string, time: number): string => {
  const [last] = parseNote(note).signatures.slice(-1)
  const id = Uint8Array.from(Buffer.from(last!.id, 'hex'))
  const bytes = last!.bytes.slice()
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(0, BigInt(time))
  return note.replace(/\S+\n$/, `${toBase64(Uint8Array.of(...id, ...bytes))}\n`)
}

describe('openCheckpoint', () => {
  it.each([
    ['too few witnesses', one, 'cosigned by 1 witnesses instead of 2'],
    ['an unknown signer', two + stranger, 'by an unknown key'],
    [
      'an unknown signer of a known name',
      two + cosignatureLine(signed, seed(9), 'witness.example/3', 1),
      'by an unknown key',
    ],
    [
      'a known signer of an unknown name',
      two + cosignatureLine(signed, seed(3), 'witness.example/9', 1),
      'by an unknown key',
    ],
    [
      'a witness counted twice',
      one + cosignatureLine(signed, seed(2), 'witness.example/2', 5),
      'two signatures by one key',
    ],
    ['the board counted twice', `${two}${boardLine}\n`, 'two signatures by one key'],
    ['another time than the one cosigned', withTime(two, 1_800_000_000), 'wrong signature'],
    ['a time beyond 2^53', withTime(two, 2 ** 60), 'beyond 2^53'],
    ['another size than the one signed', two.replace('\n12\n', '\n13\n'), 'no valid signature of the board'],
    ['no line of the board', two.replace(`${boardLine}\n`, ''), 'no valid signature of the board'],
    ['the board after a witness', swapped, 'no valid signature of the board'],
    ['an extension line', resign(`${body}more\n`), 'not three lines'],
    ['an empty extension line', resign(`${body}\n`), 'not three lines'],
    ['another origin', resign(body.replace('2026', '2027')), 'not the origin of this board'],
    ['a leading zero', resign(body.replace('\n12\n', '\n012\n')), 'not a number up to'],
    ['a sign', resign(body.replace('\n12\n', '\n+12\n')), 'not a number up to'],
    ['an exponent', resign(body.replace('\n12\n', '\n1e3\n')), 'not a number up to'],
    [
      'a tree beyond all bounds',
      resign(body.replace('\n12\n', '\n9007199254740991\n')),
      'not a number up to',
    ],
    ['a short root', resign(`${origin}\n12\n${toBase64(new Uint8Array(31))}\n`), 'not 32 bytes'],
    ['CRLF', two.replaceAll('\n', '\r\n'), 'control character'],
  ])('refuses %s', (_name, note, why) => {
    expect(() => openCheckpoint(note, policy)).toThrow(why)
    expect(() => openCheckpoint(note, policy)).toThrow(DecodeError)
  })

  it('refuses a witness that signs as a board does', () => {
    const both = addSignatureLines(
      signed,
      signNote(body, { name: 'witness.example/2', secret: seed(2) }).split('\n\n')[1]!,
    )
    expect(() => openCheckpoint(both, { ...policy, quorum: 0 })).toThrow('by an unknown key')
  })

  it.each([
    [
      'one witness under two names',
      { ...policy, witnesses: [...witnesses, witnessKey(seed(2), 'other.example')] },
    ],
    [
      'the board among the witnesses',
      { ...policy, witnesses: [...witnesses, witnessKey(seed(1), 'other.example')] },
    ],
    ['a witness key for the board', { ...policy, board: witnessKey(seed(1), origin) }],
    ['a board key for a witness', { ...policy, witnesses: [boardKey(seed(2), 'witness.example/2')] }],
  ])('refuses a policy with %s', (_name, bad) => {
    expect(() => openCheckpoint(two, bad)).toThrow(DecodeError)
  })
})

it('adds only signature lines', () => {
  expect(() => addSignatureLines(signed, `x\n\n${stranger}`)).toThrow(DecodeError)
  expect(() => addSignatureLines(signed, 'x\n')).toThrow(DecodeError)
})
