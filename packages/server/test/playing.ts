import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import {
  type Entry,
  type RecordSource,
  boardKey,
  checkpointPath,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  entriesPath,
  equalBytes,
  fromTimestamp,
  fromUtf8,
  parseCheckpoint,
  parseNote,
  payloadsPath,
  readRequired,
  signCheckpoint,
  widthOf,
} from '@cista/board'
import { type EntryKind, type Submission, encodeSubmission, signers, submission } from '@cista/protocol'
import { testKeys, testTimes } from '@cista/testkit'
import { BallotQueue } from '../src/ballotQueue.js'
import type { BoardSigner } from '../src/boardSecret.js'
import { type OpenDatabase, openDatabase } from '../src/database.js'
import { createApp } from '../src/http/app.js'
import { keptCheckpoints } from '../src/keptCheckpoints.js'
import { createLog } from '../src/log.js'
import { createMetrics } from '../src/metrics.js'
import { Records } from '../src/record.js'
import { Sequencer } from '../src/sequencer.js'
import { sqlStore } from '../src/sqlStore.js'
import type { Store } from '../src/store.js'
import { httpWitnesses } from '../src/witnesses.js'
import { type TestDatabase, withoutWall } from './databases.js'
import { type Answer, postBytes, standingClock } from './party.js'
import { inProcess } from './running.js'

/** The keys that testkit's simulations have if not told otherwise. */
const keys = testKeys('simulation')
/** With the simulations' board key a server makes, of the same submissions at the same times, the same board to the byte. */
const signer: BoardSigner = {
  keyFor: (origin) => boardKey(keys.board, origin),
  sign: (checkpoint) => signCheckpoint(checkpoint, keys.board, checkpoint.origin),
}

export interface Row {
  readonly entry: Entry
  readonly bytes: Uint8Array
  readonly payload: Uint8Array
}
export const isDerived = ({ entry }: Row): boolean => signers[entry.kind as EntryKind] === 'derived'

/** Entries and payloads of a record with at most one bundle. */
export async function rowsOf(record: RecordSource): Promise<Row[]> {
  const { size } = parseCheckpoint(parseNote(fromUtf8(await readRequired(record, checkpointPath))).body)
  const width = widthOf(0, 0, size)
  const [entries, payloads] = [entriesPath(0, width), payloadsPath(0, width)]
  const bytes = decodeEntryBundle(await readRequired(record, entries), width, entries)
  const own = decodePayloadBundle(await readRequired(record, payloads), width, payloads)
  return bytes.map((b, i) => ({ entry: decodeEntry(b, `entry ${i}`), bytes: b, payload: own[i]! }))
}

/** A server in this process into which records of simulations are played, one after the other. */
export class PlayedServer {
  readonly clock = standingClock(testTimes.start)
  readonly store: Store
  readonly #database: OpenDatabase
  readonly #data: string
  readonly #log = createLog('silent')
  readonly #metrics = createMetrics()
  #sequencer: Sequencer | undefined
  #server: Server | undefined
  url = ''

  private constructor(database: OpenDatabase, data: string) {
    this.#database = database
    this.#data = data
    this.store = sqlStore(database.db)
  }

  static async start(database: TestDatabase): Promise<PlayedServer> {
    return new PlayedServer(await openDatabase(database), database.data)
  }

  /** As newly installed, at the hour when simulations begin. */
  async renew(): Promise<void> {
    await this.#stop()
    const { db } = this.#database
    await withoutWall(db, async () => {
      for (const table of ['heads', 'tiles', 'submissions', 'elections'] as const)
        await db.deleteFrom(table).execute()
    })
    const folder = join(this.#data, 'checkpoints')
    await rm(folder, { recursive: true, force: true })
    this.clock.set(testTimes.start)
    const { store, clock } = this
    const [log, metrics, pool] = [this.#log, this.#metrics, inProcess()]
    const records = new Records(store)
    const witnesses = httpWitnesses(new Map(), { fetch, clock, log, metrics, timeoutMs: 1_000 })
    const kept = keptCheckpoints(folder)
    const sequencer = new Sequencer({
      store,
      signer,
      records,
      witnesses,
      kept,
      pool,
      clock,
      log,
      metrics,
      // Every batch has been put together when it is asked for.
      gather: 1,
    })
    const app = createApp({
      store,
      sequencer,
      records,
      witnesses,
      ballots: new BallotQueue(pool, metrics),
      signer,
      organisers: new Set([keys.administrators[0]!.key]),
      clock,
      config: { rateLimit: 0, trustProxy: 0 },
      log,
      metrics,
    })
    this.#sequencer = sequencer
    this.#server = app.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    await this.#stop()
    await this.#database.close()
  }

  async #stop(): Promise<void> {
    if (this.#server === undefined) return
    this.#server.closeAllConnections()
    this.#server.close()
    await this.#sequencer!.stop()
  }

  create(s: Submission): Promise<Answer> {
    return postBytes(`${this.url}/api/elections`, encodeSubmission(s))
  }

  post(election: string, body: Uint8Array | string): Promise<Answer> {
    return postBytes(`${this.url}/api/elections/${election}/entries`, body)
  }

  /** The board as the record has it before `end`; what was submitted comes by the queue, as from another process. */
  async play(election: string, rows: readonly Row[], end: number): Promise<void> {
    for (let i = 1; i < end; ) {
      const from = rows[i]!
      let next = i + 1
      const alone = (row: Row) => isDerived(row) || row.entry.kind === 'ballot'
      if (!alone(from))
        while (next < end && !alone(rows[next]!) && rows[next]!.entry.batchTime === from.entry.batchTime)
          next += 1
      this.clock.set(from.entry.batchTime)
      if (!isDerived(from))
        for (const [k, { entry, payload }] of rows.slice(i, next).entries())
          await this.store.enqueue([
            {
              election,
              submission: submission(entry.kind as EntryKind, payload, entry.signatures),
              arrived: fromTimestamp(from.entry.batchTime) * 1000 - 1000 + k,
            },
          ])
      await this.#reached(election, next)
      i = next
    }
    const stored = await this.store.entries(election, 0, end)
    stored.forEach(({ entry, index }) => {
      if (!equalBytes(entry, rows[index]!.bytes)) throw new Error(`entry ${index} came out another`)
    })
  }

  async #reached(election: string, size: number): Promise<void> {
    for (let i = 0; i < 15_000; i++) {
      this.#sequencer!.wake(election)
      if ((await this.store.board(election))!.size >= size) return
      await new Promise((soon) => setTimeout(soon, 2))
    }
    throw new Error(`the board does not get to ${size} entries`)
  }
}
