import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { localPool, toPayload } from '@cista/verifier'
import { boardSigner, loadBoardSecret } from '../../packages/server/src/boardSecret.js'
import { openDatabase } from '../../packages/server/src/database.js'
import { keptCheckpoints } from '../../packages/server/src/keptCheckpoints.js'
import { createLog } from '../../packages/server/src/log.js'
import { createMetrics } from '../../packages/server/src/metrics.js'
import { Records } from '../../packages/server/src/record.js'
import { Sequencer } from '../../packages/server/src/sequencer.js'
import { sqlStore } from '../../packages/server/src/sqlStore.js'
import { httpWitnesses } from '../../packages/server/src/witnesses.js'
import { BoardLoad } from './boardLoad.js'

/** An election in a database, with a board of ballots that mean nothing, and what its servers need. */
export class FilledBoard {
  readonly load: BoardLoad
  readonly #folder: string
  readonly #databaseUrl: string

  private constructor(load: BoardLoad, folder: string, databaseUrl: string) {
    this.load = load
    this.#folder = folder
    this.#databaseUrl = databaseUrl
  }

  static async create(
    name: string,
    fillers: number,
    others: number,
    databaseUrl: string,
  ): Promise<FilledBoard> {
    const folder = await mkdtemp(join(tmpdir(), 'cista-bench-'))
    const signer = boardSigner(loadBoardSecret(join(folder, 'board-secret')))
    return new FilledBoard(new BoardLoad(name, fillers, others, signer), folder, databaseUrl)
  }

  get boardSecret(): string {
    return join(this.#folder, 'board-secret')
  }

  data(replica: number): string {
    return join(this.#folder, `server-${replica}`)
  }

  remove(): Promise<void> {
    return rm(this.#folder, { recursive: true, force: true })
  }

  /** Runs `work` with a sequencer in this process, alone on the board. */
  async inProcess<T>(work: (sequencer: Sequencer, records: Records) => Promise<T>): Promise<T> {
    const { clock, signer } = this.load
    const { db, close } = await openDatabase({ data: this.#folder, databaseUrl: this.#databaseUrl })
    const [store, log, metrics] = [sqlStore(db), createLog('error'), createMetrics()]
    const records = new Records(store)
    const sequencer = new Sequencer({
      store,
      signer,
      records,
      witnesses: httpWitnesses(new Map(), { fetch, clock, log, metrics, timeoutMs: 1_000 }),
      kept: keptCheckpoints(join(this.#folder, 'checkpoints')),
      pool: localPool,
      clock,
      log,
      metrics,
    })
    sequencer.start()
    try {
      await this.load.open(store, sequencer)
      return await work(sequencer, records)
    } finally {
      await sequencer.stop()
      await close()
    }
  }

  /** Hands over ballots, `atOnce` of them under way. @returns entries per second, and the milliseconds that one took. */
  async append(sequencer: Sequencer, count: number, atOnce: number) {
    const { load } = this
    const times: number[] = []
    let seconds = 0
    for (let left = count; left > 0; ) {
      // Made before the clock starts, a part at a time so that a million does not fill the memory.
      const part = Array.from({ length: Math.min(left, 20_000) }, () => {
        const item = load.ballot()
        return { item, payload: toPayload(load.simulation.definition, item.kind, item.payload) }
      })
      left -= part.length
      const started = performance.now()
      let next = 0
      const one = async () => {
        while (next < part.length) {
          const from = performance.now()
          await load.hand(sequencer, part[next++]!)
          times.push(performance.now() - from)
        }
      }
      await Promise.all(Array.from({ length: atOnce }, one))
      seconds += (performance.now() - started) / 1000
    }
    return { perSecond: count / seconds, times: times.sort((a, b) => a - b) }
  }
}

/** @param sorted ascending. @param q 0…1. */
export const quantile = (sorted: readonly number[], q: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!
