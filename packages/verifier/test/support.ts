import { type Server, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  type Checkpoint,
  type MemoryRecord,
  type RecordSource,
  checkpointPath,
  formatReceipt,
  fromUtf8,
  openCheckpoint,
  proveInclusion,
} from '@cista/board'
import type { Definition } from '@cista/protocol'
import { type Simulation, logRows, relogged } from '@cista/testkit'
import { receiptFile } from '../src/index.js'
import { policyOf } from '../src/v2Board.js'

export const yes = { question: { kind: 'selection', selected: ['yes'] } } as const
export const no = { question: { kind: 'selection', selected: ['no'] } } as const

/** Entry and proof of an entry, as a server answers under the checkpoint of now. */
export async function receiptOf(s: Simulation, index: number) {
  const proof = await proveInclusion(await s.record(), index, s.size)
  return {
    entry: fromUtf8(s.log[index]!.entryBytes),
    proof: formatReceipt({ index, proof, checkpoint: s.checkpoint() }),
  }
}

/** What a voter keeps of the ballot that was cast last. */
export const receiptFileOf = async (s: Simulation): Promise<Uint8Array> =>
  receiptFile(s.manifest, await receiptOf(s, s.size - 1))

/** Another board by whoever holds its key: the same without the entries `without`, signed as well. */
export const forkOf = (s: Simulation, ...without: number[]): Promise<MemoryRecord> =>
  relogged(
    s,
    logRows(s).filter((_, index) => !without.includes(index)),
  )

export const noteOf = async (record: RecordSource): Promise<string> =>
  fromUtf8((await record.read(checkpointPath))!)

/** What a checkpoint of the board says. */
export const openedOf = (definition: Definition, note: string): Checkpoint =>
  openCheckpoint(note, policyOf(definition)).checkpoint

/** Server of static files over what `record` is at each request; counts the requests by path. */
export async function serve(record: () => RecordSource | undefined) {
  const asked = new Map<string, number>()
  const server: Server = createServer((request, response) => {
    const path = request.url!.slice(1)
    asked.set(path, (asked.get(path) ?? 0) + 1)
    const source = record()
    if (source === undefined) {
      response.writeHead(503).end()
      return
    }
    void source
      .read(path)
      .then((bytes) =>
        bytes === undefined ? response.writeHead(404).end() : response.writeHead(200).end(bytes),
      )
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    stop: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
