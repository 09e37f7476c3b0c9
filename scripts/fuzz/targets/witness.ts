import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import {
  boardKey,
  formatAddCheckpoint,
  formatTreeSize,
  keepSignatures,
  parseAddCheckpoint,
  parseNote,
  parseTreeSize,
  sha256,
  utf8,
  witnessKey,
} from '@cista/board'
import { Witness, formatSecretKey, parseElections, parseSecretKey, readCosigned } from '@cista/witness'
import { witnessServer } from '../../../packages/witness/cli/server.js'
import { originHash } from '../../../packages/witness/cli/stateFolder.js'
import { parseWitnessAddresses } from '../../../packages/server/src/witnessAddresses.js'
import { TestBoard, withStranger } from '../../../packages/witness/test/board.js'
import { readRequest } from '../../../packages/witness/src/judge.js'
import { checkBoard, cosignedBy } from '../../../packages/witness/src/state.js'
import { sendBytes, wireOf } from '../http.js'
import { type Target, holds, parser } from '../target.js'

const lenient = new TextDecoder()
const textOf = (bytes: Uint8Array) => lenient.decode(bytes).replaceAll('\ufffd', '\ud800')

const board = new TestBoard('board.example/fuzz').grow(23)
const key = { name: 'witness.example/fuzz', seed: sha256(utf8('fuzz')) }
const own = witnessKey(key.seed, key.name)
const boards = new Map([[board.origin, board.key]])
const kept = cosignedBy(key, board.note(16), 1_700_000_000)

/** What boards send to a witness, as texts and as a witness judges it. */
function requests(): Target<Uint8Array>[] {
  const samples = [0, 7, 16, 23].map((old) => utf8(board.request(old)))
  return [
    parser('request to a witness', 'text', samples, (input) => {
      const text = textOf(input)
      holds(formatAddCheckpoint(parseAddCheckpoint(text)) === text, 'another request reads as the same')
      return true
    }),
    parser(
      'judged by a witness',
      'text',
      [utf8(board.request(16)), utf8(board.request(16, 16))],
      async (input) => {
        const saved: string[] = []
        const store = { save: async (_: string, { note }: { note: string }) => void saved.push(note) }
        const last = new Map([[board.origin, kept]])
        const witness = new Witness(key, last, { store, clock: () => 1_700_000_001_000 })
        witness.setBoards(boards)
        const answer = await witness.addCheckpoint(input)
        if (answer.kind !== 'cosigned') {
          holds(saved.length === 0 && answer.kind !== 'halted', 'a refusal that is stored')
          return false
        }
        const { checkpoint } = answer.cosigned
        const signed = [board.note(16), board.note()].some(
          (n) => parseNote(n).body === parseNote(saved[0]!).body,
        )
        holds(signed && checkpoint.size >= 16, 'cosigned what the board has not signed')
        checkBoard(readCosigned(saved[0]!, key), board.key, key)
        return true
      },
    ),
    parser('request read by a witness', 'text', samples, (input) => {
      const read = readRequest(input, boards)
      return !('kind' in read) && read.checkpoint.origin === board.origin
    }),
    parser('size that a witness knows', 'text', [0, 23, 2 ** 40].map(formatTreeSize).map(utf8), (input) => {
      const text = textOf(input)
      holds(formatTreeSize(parseTreeSize(text)) === text, 'another text reads as the same size')
      return true
    }),
    parser('lines that are kept', 'text', [utf8(withStranger(kept.note))], (input) => {
      const note = keepSignatures(textOf(input), [board.key, own])
      holds(parseNote(note).signatures.length <= 2, 'lines of others are kept')
      return true
    }),
  ]
}

/** What lies on the disks of witnesses, and of servers that ask them. */
function files(): Target<Uint8Array>[] {
  const other = boardKey(key.seed, 'board.example/other')
  return [
    parser('what a witness keeps', 'text', [utf8(kept.note)], (input) => {
      const text = textOf(input)
      holds(readCosigned(text, key).note === text, 'another note reads as the same')
      return true
    }),
    parser('elections of a witness', 'text', [utf8(`# ours\n${board.key} # one\n\n${other}\n`)], (input) => {
      const read = parseElections(textOf(input))
      return read.size > 0 && [...read].every(([origin, vkey]) => vkey.startsWith(`${origin}+`))
    }),
    parser('secret key of a witness', 'text', [utf8(formatSecretKey(key))], (input) => {
      const text = textOf(input)
      holds(formatSecretKey(parseSecretKey(text)) === text, 'another text reads as the same key')
      return true
    }),
    parser('addresses of witnesses', 'text', [utf8(`${own} https://witness.example # one\n\n`)], (input) => {
      const { addresses, faults } = parseWitnessAddresses(textOf(input), 'file')
      holds(
        [...addresses.values()].every((url) => URL.canParse(url)),
        'no address',
      )
      return faults.length === 0 && addresses.size > 0
    }),
  ]
}

/** A witness's HTTP server, to which anything may come. */
async function port(): Promise<Target<Uint8Array>> {
  const witness = new Witness(key, new Map(), { store: { save: async () => undefined }, clock: Date.now })
  witness.setBoards(boards)
  const ignored = { refresh: async () => undefined, log: () => undefined }
  const server = witnessServer({ witness, ...ignored, timeout: 10 }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const call = (method: string, path: string, body: Uint8Array = new Uint8Array()) =>
    wireOf({ method, path, headers: {}, body })
  const posts = [0, 23].map((old) => call('POST', '/add-checkpoint', utf8(board.request(old))))
  return {
    ...parser(
      'bytes to the port of a witness',
      'bytes',
      [call('GET', '/healthz'), ...posts, call('GET', `/${originHash(board.origin)}/checkpoint`)],
      async (bytes, sample) => {
        const answer = await sendBytes(url, bytes, bytes === sample ? 5_000 : 100)
        const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)].map((match) => Number(match[1]))
        holds(
          statuses.every((status) => status < 500),
          `status ${statuses.join()}`,
        )
        return statuses.some((status) => status < 300)
      },
    ),
    least: 2_000,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

export const witnessTargets = async (): Promise<Target<Uint8Array>[]> => [
  ...requests(),
  ...files(),
  await port(),
]
