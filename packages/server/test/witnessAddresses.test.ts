import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { boardKey, sha256, utf8, witnessKey } from '@cista/board'
import { expect, it } from 'vitest'
import { ConfigError, readConfig } from '../src/config.js'
import { parseWitnessAddresses } from '../src/witnessAddresses.js'

const seed = (name: string) => sha256(utf8(name))
const [a, b] = ['a', 'b'].map((name) => witnessKey(seed(name), `witness.example/${name}`)) as [string, string]
const read = (text: string) => parseWitnessAddresses(text, 'witnesses')

it('reads a witness a line, with comments', () => {
  const text = `# ours\n${a} https://witness.example.org\n\n  ${b}\thttp://127.0.0.1:8090/prefix/ # theirs\r\n`
  expect(read(text)).toEqual({
    addresses: new Map([
      [a, 'https://witness.example.org'],
      [b, 'http://127.0.0.1:8090/prefix/'],
    ]),
    faults: [],
  })
  expect(read('')).toEqual({ addresses: new Map(), faults: [] })
})

it.each([
  ['a key alone', a, 'line 1: write the verifier key'],
  ['an address alone', '\nhttps://witness.example.org', 'line 2: write the verifier key'],
  ['a third word', `${a} https://w.example x`, 'write the verifier key'],
  [
    'a damaged key',
    `${a.replace(/\+[0-9a-f]{8}\+/, '+00000000+')} https://w.example`,
    'the id is not that of the key',
  ],
  ['words the other way round', `https://w.example ${a}`, 'not <name>+<id>+<key>'],
  ['the key of a board', `${boardKey(seed('a'), 'vote.example')} https://w.example`, 'the key of a board'],
  ['one key twice', `${a} https://w.example\n${a} https://v.example`, 'line 2: “witness.example/a'],
  [
    'one key under two names',
    `${a} https://w.example\n${witnessKey(seed('a'), 'x')} https://v.example`,
    'is here already',
  ],
  ['no address', `${a} witness.example.org`, 'is no address like'],
  ['another scheme', `${a} file:///etc/passwd`, 'is no address like'],
  ['a query', `${a} https://w.example/?a=b`, 'is no address like'],
  ['a password', `${a} https://u:p@w.example/`, 'is no address like'],
  ['nothing of an address', `${a} https://`, 'is no address like'],
])('names %s', (_name, text, why) => {
  expect(read(text).faults).toEqual([expect.stringContaining(why)])
})

it('is what CISTA_WITNESSES names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cista-witnesses-test-'))
  try {
    const file = join(folder, 'witnesses')
    await writeFile(file, `${a} https://witness.example.org\n`)
    expect([...readConfig({ CISTA_WITNESSES: file }).witnesses]).toEqual([[a, 'https://witness.example.org']])
    expect(readConfig({ CISTA_WITNESSES: '' }).witnesses.size).toBe(0)
    await writeFile(file, `${a}\nx y\n`)
    for (const line of ['line 1', 'line 2'])
      expect(() => readConfig({ CISTA_WITNESSES: file })).toThrow(`${file} ${line}`)
    expect(() => readConfig({ CISTA_WITNESSES: join(folder, 'missing') })).toThrow(ConfigError)
    expect(() => readConfig({ CISTA_WITNESSES: join(folder, 'missing') })).toThrow(
      'CISTA_WITNESSES is no file',
    )
  } finally {
    await rm(folder, { recursive: true })
  }
})
