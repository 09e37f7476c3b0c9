import { describe, expect, it } from 'vitest'
import {
  DecodeError,
  addCheckpointBytes,
  boardKey,
  cosign,
  formatAddCheckpoint,
  formatTreeSize,
  keepSignatures,
  limits,
  openCheckpoint,
  parseAddCheckpoint,
  parseTreeSize,
  sha256,
  signCheckpoint,
  signNote,
  toBase64,
  treeSizeType,
  utf8,
  witnessKey,
} from '@cista/board'

const origin = 'vote.example/2026'
const seed = (n: number): Uint8Array => new Uint8Array(32).fill(n)
const checkpoint = { origin, size: 12, root: sha256(utf8('root')) }
const note = signCheckpoint(checkpoint, seed(1), origin)
const hash = (n: number): Uint8Array => sha256(Uint8Array.of(n))
const proof = (length: number): Uint8Array[] => Array.from({ length }, (_, i) => hash(i))

describe('a request to a witness', () => {
  it.each([
    { old: 0, proof: [], note },
    { old: 8, proof: proof(3), note },
    { old: limits.entries, proof: proof(limits.consistencyHashes), note },
    { old: 12, proof: [], note: cosign(note, seed(2), 'witness.example/2', 1) },
  ])('says the old size $old', (request) => {
    const text = formatAddCheckpoint(request)
    expect(parseAddCheckpoint(text)).toEqual({ ...request, checkpoint })
  })

  it('is laid out as C2SP tlog-witness shows it', () => {
    const example = `old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
`
    const read = parseAddCheckpoint(example)
    expect(read).toMatchObject({ old: 20852014, checkpoint: { size: 20852163 } })
    expect(read.proof).toHaveLength(4)
    expect(formatAddCheckpoint(read)).toBe(example)
  })

  it('may be as long as its longest parts', () => {
    const long = (bytes: number): string => {
      const line = (n: number) => `— w.example/${'x'.repeat(n)} ${toBase64(new Uint8Array(76))}\n`
      return `${note}${line(bytes - utf8(note).length - utf8(line(0)).length)}`
    }
    const request = {
      old: limits.entries,
      proof: proof(limits.consistencyHashes),
      note: long(limits.noteBytes),
    }
    const text = formatAddCheckpoint(request)
    expect(utf8(text).length).toBeLessThanOrEqual(addCheckpointBytes)
    expect(parseAddCheckpoint(text)).toEqual({ ...request, checkpoint })
    expect(() =>
      parseAddCheckpoint(formatAddCheckpoint({ ...request, note: long(limits.noteBytes + 1) })),
    ).toThrow('longer than 65536 bytes')
    expect(() => parseAddCheckpoint(`${text}${'x'.repeat(addCheckpointBytes)}`)).toThrow('request: too long')
    // A size of 16 digits, more than any tree has here.
    const longest = formatAddCheckpoint({ ...request, old: Number.MAX_SAFE_INTEGER })
    expect(utf8(longest)).toHaveLength(addCheckpointBytes)
    expect(() => parseAddCheckpoint('x'.repeat(addCheckpointBytes))).toThrow('no blank line')
    expect(() => parseAddCheckpoint('x'.repeat(addCheckpointBytes + 1))).toThrow('request: too long')
  })

  const good = formatAddCheckpoint({ old: 8, proof: proof(1), note })
  const [line] = good.split('\n')
  it.each([
    ['nothing', '', 'no blank line'],
    ['no old size', good.slice(line!.length + 1), 'no old size'],
    ['an empty first line', `\n\n${note}`, 'no old size'],
    ['an old size without its word', good.replace('old ', ''), 'no old size'],
    ['two spaces', good.replace('old ', 'old  '), 'old size: not a number'],
    ['a leading zero', good.replace('old 8', 'old 08'), 'old size: not a number'],
    ['a sign', good.replace('old 8', 'old +8'), 'old size: not a number'],
    ['no number', good.replace('old 8', 'old '), 'old size: not a number'],
    [
      'a size beyond all bounds',
      good.replace('old 8', `old ${limits.entries + 1}`),
      'old size: not a number',
    ],
    ['a carriage return', good.replace('\n', '\r\n'), 'old size: not a number'],
    ['a short hash', good.replace(toBase64(hash(0)), toBase64(hash(0).slice(1))), 'hash 1: not 32 bytes'],
    [
      'a hash without padding',
      good.replace(toBase64(hash(0)), toBase64(hash(0)).slice(0, -1)),
      'hash 1: not',
    ],
    ['a space after a hash', good.replace(/=\n/, '= \n'), 'hash 1: not base64'],
    ['64 hashes', formatAddCheckpoint({ old: 8, proof: proof(64), note }), 'too many hashes'],
    ['no checkpoint', good.slice(0, good.indexOf('\n\n') + 2), 'request checkpoint: no blank line'],
    ['a checkpoint without signature', good.slice(0, good.indexOf('—')), 'no signature line'],
    ['two blank lines', good.replace('\n\n', '\n\n\n'), 'request checkpoint: not three lines'],
    ['a line after the note', `${good}more\n`, 'not "— <key name> <base64>"'],
    [
      'an extension line',
      formatAddCheckpoint({
        old: 0,
        proof: [],
        note: signNote(`${note.split('\n\n')[0]}\nx\n`, { name: origin, secret: seed(1) }),
      }),
      'not three lines',
    ],
  ])('is refused with %s', (_name, text, why) => {
    expect(() => parseAddCheckpoint(text)).toThrow(DecodeError)
    expect(() => parseAddCheckpoint(text)).toThrow(why)
  })
})

describe('the size that a witness answers', () => {
  it.each([0, 1, 20852163, limits.entries])('is %d', (size) => {
    expect(parseTreeSize(formatTreeSize(size))).toBe(size)
  })

  it.each([
    '',
    '\n',
    '12',
    '012\n',
    '12\n\n',
    ' 12\n',
    '12 \n',
    '-1\n',
    '1e3\n',
    '12\r\n',
    `${limits.entries + 1}\n`,
  ])('is not %j', (text) => {
    expect(() => parseTreeSize(text)).toThrow(DecodeError)
    expect(() => parseTreeSize(text)).toThrow(/^tree size: /)
  })

  it('has the media type of C2SP tlog-witness', () => {
    expect(treeSizeType).toBe('text/x.tlog.size')
  })
})

describe('keepSignatures', () => {
  const board = boardKey(seed(1), origin)
  const witness = witnessKey(seed(2), 'witness.example/2')
  const both = cosign(note, seed(2), 'witness.example/2', 7)
  const strange = cosign(both, seed(9), 'witness.example/2', 7)

  it('leaves the lines of these keys, as they were', () => {
    expect(keepSignatures(strange, [board])).toBe(note)
    expect(keepSignatures(strange, [witness, board])).toBe(both)
    const policy = { board, witnesses: [witness], quorum: 1 }
    expect(openCheckpoint(keepSignatures(strange, [board, witness]), policy).cosignatures).toHaveLength(1)
  })

  it('refuses a note without any', () => {
    expect(() => keepSignatures(note, [witness])).toThrow(
      new DecodeError('note', 'no signature by a known key'),
    )
    // The same name, another key.
    expect(() => keepSignatures(note, [boardKey(seed(3), origin)])).toThrow(DecodeError)
    expect(() => keepSignatures('x', [board])).toThrow(DecodeError)
  })
})
