import {
  MemoryRecord,
  type RecordPath,
  addSignatureLines,
  concat,
  cosign,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  decodeTile,
  encodeEntry,
  encodeEntryBundle,
  encodePayloadBundle,
  entriesPath,
  equalBytes,
  formatCheckpoint,
  formatReceipt,
  fromBase64,
  fromBase64url,
  fromHex,
  fromUtf8,
  openCheckpoint,
  parseCheckpoint,
  parseDecimal,
  parseHash,
  parseNote,
  parseReceipt,
  parseRecordPath,
  parseVerifierKey,
  payloadsPath,
  proveInclusion,
  readU16,
  readU32,
  readU64,
  recordPaths,
  tilePath,
  toBase64,
  toBase64url,
  toHex,
  u16,
  u32,
  u64,
  utf8,
  verifierKey,
  verifyReceipt,
} from '@cista/board'
import type { Simulation } from '@cista/testkit'
import { policyOf } from '@cista/verifier'
import { bundleMutator } from '../bundles.js'
import { type Target, holds, parser } from '../target.js'
import { trees } from './trees.js'

const lenient = new TextDecoder()

/** A target that reads text, as a string out of JSON may be: with a lone surrogate where bytes are no UTF-8. */
function ofText(
  name: string,
  samples: readonly string[],
  run: (text: string) => boolean,
  refusals?: Parameters<typeof parser>[4],
): Target<Uint8Array> {
  return parser(
    name,
    'text',
    samples.map(utf8),
    (bytes) => run(lenient.decode(bytes).replaceAll('\ufffd', '\ud800')),
    refusals,
  )
}

/** What is read from a text gives the text again. */
const exact =
  <T>(read: (text: string) => T, write: (value: T) => string) =>
  (text: string): boolean => {
    holds(write(read(text)) === text, 'another text reads as the same value')
    return true
  }

function encodings(): Target<Uint8Array>[] {
  const bytes = [new Uint8Array(), Uint8Array.of(0), utf8('ab'), utf8('Voter'), new Uint8Array(64).fill(251)]
  const integers = [u16(258), u32(2 ** 31), u64(2 ** 53 - 1), u64(0)]
  const readers = new Map([
    [2, [readU16, u16] as const],
    [4, [readU32, u32] as const],
    [8, [readU64, u64] as const],
  ])
  return [
    ofText('hex', bytes.map(toHex), exact(fromHex, toHex), [RangeError]),
    ofText('base64', bytes.map(toBase64), exact(fromBase64, toBase64), [RangeError]),
    ofText('base64url', bytes.map(toBase64url), exact(fromBase64url, toBase64url), [RangeError]),
    parser(
      'UTF-8',
      'text',
      ['', 'a', 'Łódź – 🗳'].map(utf8),
      (input) => {
        holds(equalBytes(utf8(fromUtf8(input)), input), 'decoding lost something')
        return true
      },
      [RangeError],
    ),
    parser(
      'integers',
      'bytes',
      integers,
      (input, { length }) => {
        const [read, write] = readers.get(length)!
        const prefix = input.subarray(0, length)
        holds(equalBytes(write(read(input, 0)), prefix), 'another integer')
        return true
      },
      [RangeError],
    ),
  ]
}

function notes(done: Simulation, receipts: readonly string[]): Target<Uint8Array>[] {
  const policy = policyOf(done.definition)
  const note = done.checkpoint()
  const { body } = parseNote(note)
  const [first, ...witnesses] = note.slice(body.length + 1).match(/.*\n/g)!
  const { keys, log } = done
  const plain = (index: number) => log[index]!.entryBytes
  return [
    ofText('note', [note, `a\n\n${note}`], (text) => {
      const read = parseNote(text)
      const signed = read.signatures.map(
        ({ name, id, bytes }) => `— ${name} ${toBase64(concat(fromHex(id), bytes))}\n`,
      )
      holds(`${read.body}\n${signed.join('')}` === text, 'another note reads as the same')
      return true
    }),
    ofText(
      'checkpoint',
      [body, formatCheckpoint({ origin: 'o', size: 0, root: new Uint8Array(32) })],
      exact(parseCheckpoint, formatCheckpoint),
    ),
    ofText('signed checkpoint', [note], (text) => {
      openCheckpoint(text, policy)
      holds(text.startsWith(body), 'another checkpoint is signed')
      return true
    }),
    ofText('signature lines', [witnesses.join('')], (text) => {
      holds(parseNote(addSignatureLines(`${body}\n${first}`, text)).body === body, 'the text has changed')
      return true
    }),
    ofText(
      'note to cosign',
      [note],
      (text) => parseNote(cosign(text, keys.board, 'another.example', 1)).body !== '',
    ),
    ofText(
      'verifier key',
      [policy.board, ...policy.witnesses],
      exact(parseVerifierKey, ({ name, key, algorithm }) => verifierKey(name, key, algorithm)),
    ),
    ofText('receipt', receipts, exact(parseReceipt, formatReceipt)),
    ofText('verified receipt', receipts, (text) => {
      const index = Number(/index (\d+)/.exec(text)?.[1] ?? 0)
      const { entry } = verifyReceipt(plain(index < log.length ? index : 0), text, policy)
      holds(equalBytes(encodeEntry(entry), plain(entry.index)), 'a receipt of another entry')
      return true
    }),
    ofText(
      'decimal',
      ['0', '7', '1099511627776'],
      exact((text) => parseDecimal(text, 2 ** 40, 'n'), String),
    ),
    ofText(
      'hash',
      [toBase64(new Uint8Array(32).fill(7))],
      exact((text) => parseHash(text, 'hash'), toBase64),
    ),
    ofText(
      'record path',
      recordPaths(70_000).filter((_, i) => i % 40 < 3),
      (text) => {
        const path = parseRecordPath(text)
        if (path === undefined) return false
        holds(pathOf(path) === text, 'another path names the same file')
        return true
      },
    ),
  ]
}

function pathOf(path: RecordPath): string {
  if (path.kind === 'checkpoint') return path.kind
  if (path.kind === 'tile') return tilePath(path.level, path.index, path.width)
  return (path.kind === 'entries' ? entriesPath : payloadsPath)(path.index, path.width)
}

/** Bundles and tiles of the record, and whole records that hold other tiles. */
async function files({ log }: Simulation, record: MemoryRecord): Promise<Target<Uint8Array>[]> {
  const size = log.length
  const read = async (path: string) => (await record.read(path))!
  const [entries, payloads, tile] = [entriesPath(0, size), payloadsPath(0, size), tilePath(0, 0, size)]
  return [
    parser(
      'entry',
      'json',
      log.map((l) => l.entryBytes),
      (input) => {
        holds(
          equalBytes(encodeEntry(decodeEntry(input, 'entry')), input),
          'other bytes read as the same entry',
        )
        return true
      },
    ),
    parser('entry bundle', bundleMutator(2), [await read(entries)], (input) => {
      const items = decodeEntryBundle(input, size, entries)
      holds(equalBytes(encodeEntryBundle(items), input), 'other bytes read as the same bundle')
      return true
    }),
    parser('payload bundle', bundleMutator(4), [await read(payloads)], (input) => {
      const items = decodePayloadBundle(input, size, payloads)
      holds(equalBytes(encodePayloadBundle(items), input), 'other bytes read as the same bundle')
      return true
    }),
    parser('hash tile', 'bytes', [await read(tile)], (input) => {
      holds(equalBytes(concat(...decodeTile(input, size, tile)), input), 'other bytes read as the same tile')
      return true
    }),
    parser('proof from tiles', 'bytes', [await read(tile)], async (input) => {
      const proof = await proveInclusion(new MemoryRecord([[tile, input]]), 3, size)
      return proof.every((hash) => hash.length === 32)
    }),
  ]
}

export async function boardTargets(done: Simulation, record: MemoryRecord): Promise<Target<Uint8Array>[]> {
  const checkpoint = done.checkpoint()
  const receipts = await Promise.all(
    [0, 7, done.size - 1].map(async (index) =>
      formatReceipt({ index, proof: await proveInclusion(record, index, done.size), checkpoint }),
    ),
  )
  return [...encodings(), ...notes(done, receipts), ...(await files(done, record)), ...trees()]
}
