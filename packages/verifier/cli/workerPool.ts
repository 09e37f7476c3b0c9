import { availableParallelism } from 'node:os'
import type { Finding, ProofPool } from '@cista/verifier'
import { Piscina } from 'piscina'
import type { ProofTask } from './proofWorker.js'

/** One worker thread per core. Threads start with the first task; `close` ends them. */
export function workerPool(): ProofPool & { close(): Promise<void> } {
  const threads = availableParallelism()
  const piscina = new Piscina({
    filename: new URL('./proofWorker.js', import.meta.url).href,
    minThreads: 0,
    maxThreads: threads,
  })
  const run = (task: ProofTask) => piscina.run(task) as Promise<unknown>
  return {
    threads,
    checkBallots: async (context, jobs) =>
      (await run({ name: 'checkBallots', context, jobs })) as Finding[][],
    addUp: async (context, jobs) => (await run({ name: 'addUp', context, jobs })) as Uint8Array[],
    close: () => piscina.close({ force: true }),
  }
}
