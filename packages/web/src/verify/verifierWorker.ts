import {
  type BallotContext,
  type BallotJob,
  type Finding,
  type ProofPool,
  RecordUnavailable,
  type Report,
  type SumJob,
  examineRecord,
  httpRecord,
  pageInForce,
} from '@cista/verifier'
import type { Manifest } from '@cista/protocol'
import { judge } from '../engine/judge.js'
import { patientFetch } from '../engine/patientFetch.js'
import { type Border, answerCalls, callsTo } from '../worker/call.js'
import type { ProofCalls } from './proofWorker.js'

/** How far the verification is, as the page is told now and then. */
export interface ProgressView {
  readonly check: string
  readonly done: number
  readonly total: number
}

export interface Verified {
  readonly report: Report
  /** The election's title; undefined where V1 has not accepted the manifest. */
  readonly title: Manifest['title'] | undefined
  /** SHA-256 of each file of the pages, as published last; undefined where V3 has not accepted the entries. */
  readonly page: Readonly<Record<string, string>> | undefined
}

/** Milliseconds between two words about the progress. */
const pause = 200

const calls = {
  /**
   * The same verification as on the command line.
   * @param ports one to each worker for proofs. @param told where progress goes.
   */
  async verify(
    server: string,
    id: string,
    ports: readonly MessagePort[],
    told: MessagePort,
  ): Promise<Verified> {
    let last = 0
    const record = httpRecord(`${server}/elections/${id}`, patientFetch)
    try {
      const { report, checked } = await examineRecord(record, {
        election: id,
        pool: poolOf(ports),
        clock: () => performance.now() / 1000,
        progress(progress) {
          const now = performance.now()
          if (now - last < pause) return
          last = now
          told.postMessage(progress satisfies ProgressView)
        },
      })
      const { definition, entries } = checked
      return {
        report,
        title: definition?.manifest.title,
        page: definition && entries && pageInForce(definition, entries).files,
      }
    } catch (error) {
      if (error instanceof RecordUnavailable) throw new Error(error.message)
      throw error
    }
  },
}
export type VerifierCalls = typeof calls

/** Gives tasks to the workers in turn. */
function poolOf(ports: readonly MessagePort[]): ProofPool {
  const workers = ports.map((port) => {
    port.start()
    return callsTo<ProofCalls>(async () => ({ border: port, ended: new Promise(() => undefined) }))
  })
  let next = 0
  const worker = () => workers[next++ % workers.length]!
  return {
    threads: workers.length,
    checkBallots: (context: BallotContext, jobs: readonly BallotJob[]): Promise<Finding[][]> =>
      worker().checkBallots(context, jobs),
    addUp: (context: BallotContext, jobs: readonly SumJob[]): Promise<Uint8Array[]> =>
      worker().addUp(context, jobs),
  }
}

answerCalls(globalThis as unknown as Border, calls, judge)
