import type { Finding, ProofPool } from '@cista/verifier'
import { Piscina } from 'piscina'
import type { Task } from './ballotWorker.js'

export interface WorkerPool extends ProofPool {
  /** Resolves when a thread has loaded what it needs. A thread that is ended before can take the process with it (Node 20). */
  ready(): Promise<void>
  close(): Promise<void>
}

/** Worker threads for the mathematics of ballots. */
export function workerPool(threads: number): WorkerPool {
  const piscina = new Piscina<Task, Finding[][] | Uint8Array[]>({
    filename: new URL('./ballotWorker.js', import.meta.url).href,
    minThreads: 1,
    maxThreads: threads,
    idleTimeout: 60_000,
  })
  return {
    threads,
    checkBallots: (context, jobs) =>
      piscina.run({ name: 'checkBallots', context, jobs }) as Promise<Finding[][]>,
    addUp: (context, jobs) => piscina.run({ name: 'addUp', context, jobs }) as Promise<Uint8Array[]>,
    ready: async () => {
      await piscina.run({ name: 'ready' })
    },
    close: () => piscina.close(),
  }
}
