import {
  type Entry,
  type MemoryRecord,
  checkpointPath,
  concat,
  cosign,
  emptyFrontier,
  encodeEntry,
  fromBase64,
  fromTimestamp,
  leafHash,
  rootOf,
  sha256,
  signCheckpoint,
  toBase64,
  toHex,
  utf8,
  frontierRoot,
  writeRecord,
} from '@cista/board'
import { type Simulation, testWitness } from '../simulation.js'
import { type Attack, attack, controlOf, exhibit, tamper } from './attack.js'
import { cosignedBy, noted, rootAt } from './notes.js'
import { long, smallest, witnessed } from './elections.js'

interface Row {
  readonly entry: Uint8Array
  readonly payload: Uint8Array
}
const rowsOf = (s: Simulation): Row[] =>
  s.log.map(({ entryBytes, bytes }) => ({ entry: entryBytes, payload: bytes }))
/** The record of these rows, its tree and checkpoint built anew by whoever holds the board's key. */
async function rebuild(record: MemoryRecord, s: Simulation, rows: readonly Row[]): Promise<void> {
  for (const path of record.paths()) record.delete(path)
  const entries = rows.map((r) => r.entry)
  const checkpoint = noted(s, rows.length, rootOf(entries.map(leafHash)))
  await writeRecord(record, { entries, payloads: rows.map((r) => r.payload), checkpoint })
}

/** As `rebuild`, with each entry's place and link written anew, too. */
function relink(s: Simulation, rows: readonly Row[]): Row[] {
  let previous = emptyFrontier(s.definition.origin, s.definition.id).lastLeaf
  return rows.map(({ entry, payload }, index) => {
    const fields = JSON.parse(new TextDecoder().decode(entry)) as Entry
    const bytes = encodeEntry({ ...fields, index, previous: toHex(previous) })
    previous = leafHash(bytes)
    return { entry: bytes, payload }
  })
}

const edited = (s: Simulation, index: number, edit: (entry: string) => string): Row[] =>
  rowsOf(s).map((row, i) =>
    i === index ? { ...row, entry: utf8(edit(new TextDecoder().decode(row.entry))) } : row,
  )
const write = (record: MemoryRecord, note: string) => record.write(checkpointPath, utf8(note))
const only = (record: MemoryRecord, start: string) => record.paths().find((path) => path.startsWith(start))!
const flip = async (record: MemoryRecord, path: string, at: number) => {
  const bytes = (await record.read(path))!
  bytes[at < 0 ? bytes.length + at : at]! ^= 1
  await record.write(path, bytes)
}
/** Index of the one ballot of the smallest election. */
const ballotOf = (s: Simulation) => s.log.findIndex(({ kind }) => kind === 'ballot')
const withoutBallot = (s: Simulation) => rowsOf(s).filter((_, i) => i !== ballotOf(s))
const checkpointAttacks: readonly Attack[] = [
  tamper('BOARD_CHECKPOINT', 'a checkpoint by another key of the same name', smallest, (record, s) =>
    write(record, noted(s, s.size, rootAt(s, s.size), testWitness(0).seed)),
  ),
  tamper('BOARD_CHECKPOINT', 'a signature line by a key outside the manifest', smallest, (record, s) =>
    write(record, cosignedBy(s, s.checkpoint(), [0])),
  ),
  tamper('BOARD_CHECKPOINT', 'one witness where two are needed', witnessed, (record, s) =>
    write(record, cosignedBy(s, noted(s, s.size), [0])),
  ),
  tamper('BOARD_CHECKPOINT', 'one witness twice where two are needed', witnessed, (record, s) =>
    write(
      record,
      cosignedBy(s, noted(s, s.size), [0, { seed: testWitness(0).seed, name: testWitness(1).name }]),
    ),
  ),
  tamper('BOARD_CHECKPOINT', 'the board’s signature in another coding', smallest, (record, s) =>
    write(record, recoded(s.checkpoint())),
  ),
  tamper('BOARD_CHECKPOINT', 'a checkpoint under another name', smallest, (record, s) => {
    const origin = 'elections.example/other'
    const checkpoint = { origin, size: s.size, root: rootAt(s, s.size) }
    return write(record, signCheckpoint(checkpoint, s.keys.board, origin))
  }),
  tamper('BOARD_CHECKPOINT', 'witnesses who cosigned an earlier checkpoint', witnessed, (record, s) => {
    const lines = s
      .cosign(noted(s, s.size - 1))
      .split('\n')
      .slice(-4)
      .join('\n')
    return write(record, noted(s, s.size) + lines)
  }),
  tamper('BOARD_CHECKPOINT', 'a witness whose clock is past the year 9999', witnessed, (record, s) => {
    const [first, second] = [testWitness(0), testWitness(1)]
    const once = cosign(noted(s, s.size), first.seed, first.name, fromTimestamp(s.now))
    return write(record, cosign(once, second.seed, second.name, 253_402_300_800))
  }),
  tamper('BOARD_CHECKPOINT', 'witnesses before the board', witnessed, (record, s) => {
    const [body, signatures] = s.checkpoint().split('\n\n')
    const [board, ...others] = signatures!.split('\n').slice(0, -1)
    return write(record, `${body}\n\n${[...others, board].join('\n')}\n`)
  }),
  tamper('BOARD_ROOT', 'a tree over the entries in another order', smallest, (record, s) => {
    const leaves = s.log.map((l) => leafHash(l.entryBytes))
    ;[leaves[1], leaves[2]] = [leaves[2]!, leaves[1]!]
    return write(record, noted(s, s.size, rootOf(leaves)))
  }),
  tamper('BOARD_ROOT', 'a tree that hashes leaves as it hashes nodes', smallest, (record, s) => {
    const leaves = s.log.map((l) => sha256(concat(Uint8Array.of(1), l.entryBytes)))
    return write(record, noted(s, s.size, rootOf(leaves)))
  }),
  tamper('BOARD_ROOT', 'a checkpoint with another root', smallest, (record, s) =>
    write(record, noted(s, s.size, frontierRoot(emptyFrontier(s.definition.origin, s.definition.id)))),
  ),
]

/** The same Ed25519 signature with s + order for s, in the note's first line. */
function recoded(note: string): string {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  return note.replace(/(\S+)\n$/, (_, line: string) => {
    const bytes = fromBase64(line)
    const s = bytes.slice(-32).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n) + order
    for (let i = 0; i < 32; i++) bytes[bytes.length - 32 + i] = Number((s >> BigInt(8 * i)) & 255n)
    return `${toBase64(bytes)}\n`
  })
}

const fileAttacks: readonly Attack[] = [
  tamper('BOARD_FILE', 'the second bundle of payloads withheld', long, async (record) => {
    record.delete(only(record, 'payloads/001'))
  }),
  tamper('BOARD_FILE', 'the second bundle of entries cut short', long, async (record) => {
    const path = only(record, 'tile/entries/001')
    await record.write(path, (await record.read(path))!.slice(0, -1))
  }),
  tamper('BOARD_FILE', 'a hash tile withheld', smallest, async (record) => {
    record.delete(only(record, 'tile/0/'))
  }),
  tamper('BOARD_TILE', 'a hash tile changed', smallest, (record) =>
    flip(record, only(record, 'tile/0/'), 40),
  ),
  tamper('BOARD_TILE', 'a hash tile of the second level changed', long, (record) =>
    flip(record, only(record, 'tile/1/'), 3),
  ),
  tamper('BOARD_STRAY', 'a file beside the record', smallest, (record) =>
    record.write('readme.txt', utf8('vote yes')),
  ),
  tamper('BOARD_STRAY', 'a partial tile of an earlier size', smallest, async (record) =>
    record.write('tile/0/000.p/5', (await record.read(only(record, 'tile/0/')))!.slice(0, 160)),
  ),
]

const entryAttacks: readonly Attack[] = [
  tamper('BOARD_ENTRY', 'an entry with a space in it', smallest, (record, s) =>
    rebuild(
      record,
      s,
      edited(s, ballotOf(s), (entry) => entry.replace(':', ': ')),
    ),
  ),
  tamper('BOARD_ENTRY', 'an entry with a key twice', smallest, (record, s) =>
    rebuild(
      record,
      s,
      edited(s, ballotOf(s), (entry) => entry.replace('{', '{"index":1,')),
    ),
  ),
  tamper('BOARD_CHAIN', 'an entry edited and the tree rebuilt, the chain left', smallest, (record, s) =>
    rebuild(
      record,
      s,
      edited(s, ballotOf(s), (entry) =>
        entry.replace(/"batchTime":"[^"]*"/, '"batchTime":"2026-01-05T16:00:00Z"'),
      ),
    ),
  ),
  tamper('BOARD_CHAIN', 'two entries exchanged and the tree rebuilt', smallest, (record, s) => {
    const rows = rowsOf(s)
    ;[rows[1], rows[2]] = [rows[2]!, rows[1]!]
    return rebuild(record, s, rows)
  }),
  tamper('BOARD_CHAIN', 'a ballot left out and the tree rebuilt', smallest, (record, s) =>
    rebuild(record, s, withoutBallot(s)),
  ),
  tamper('BOARD_CHAIN', 'a chain that begins at another election', smallest, (record, s) => {
    const foreign = toHex(emptyFrontier(s.definition.origin, '00'.repeat(32)).lastLeaf)
    return rebuild(
      record,
      s,
      edited(s, 0, (entry) => entry.replace(/"previous":"\w*"/, `"previous":"${foreign}"`)),
    )
  }),
  tamper('BOARD_PAYLOAD', 'another payload beside its entry', smallest, async (record, s) => {
    const path = only(record, 'payloads/')
    const before = s.log.slice(0, ballotOf(s)).reduce((sum, { bytes }) => sum + 4 + bytes.length, 0)
    await flip(record, path, before + 200)
  }),
  tamper('BOARD_PAYLOAD', 'a payload of another size than the entry says', smallest, (record, s) =>
    rebuild(
      record,
      s,
      relink(
        s,
        edited(s, ballotOf(s), (entry) => entry.replace(/"size":\d+/, '"size":7')),
      ),
    ),
  ),
]

const historyAttacks: readonly Attack[] = [
  tamper('BOARD_EARLIER', 'the board cut off behind an earlier checkpoint', smallest, async (record, s) => {
    const earlier = s.checkpoint()
    await rebuild(record, s, rowsOf(s).slice(0, -1))
    return { earlier }
  }),
  tamper('BOARD_EARLIER', 'a ballot left out, chain and tree rebuilt', smallest, async (record, s) => {
    const size = ballotOf(s) + 1
    const earlier = noted(s, size)
    await rebuild(record, s, relink(s, withoutBallot(s)))
    return { earlier }
  }),
  attack('BOARD_EARLIER', 'another whole history of the same election', controlOf(smallest), async () => {
    const [shown, other] = [await smallest(), await smallest()]
    const { record, options } = await exhibit(other)
    return { record, options: { ...options, earlier: noted(shown, 12) } }
  }),
  tamper('BOARD_EARLIER', 'an earlier checkpoint of another board', smallest, async (_, s) => ({
    earlier: noted(s, 3, rootAt(s, 3), testWitness(0).seed),
  })),
]

export const boardAttacks: readonly Attack[] = [
  ...checkpointAttacks,
  ...fileAttacks,
  ...entryAttacks,
  ...historyAttacks,
]
