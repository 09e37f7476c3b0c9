import type { BallotContext, BallotJob, Finding, ProofPool } from '@cista/verifier'
import type { Metrics } from './metrics.js'

/** More ballots are waiting to be verified than can be in good time. */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

/** Verified together, ballots share one multi-scalar multiplication; more than this gain little and delay the first. */
const largestTask = 64
/** About a minute's work of one thread. */
const longestQueue = 8_192

interface Pending {
  readonly context: BallotContext
  readonly job: BallotJob
  readonly resolve: (findings: readonly Finding[]) => void
  readonly reject: (error: unknown) => void
}

/** Hands ballots to the pool as fast as its threads take them; what arrives meanwhile goes together in the next task. */
export class BallotQueue {
  readonly #pool: ProofPool
  readonly #metrics: Metrics
  #pending: Pending[] = []
  #running = 0

  constructor(pool: ProofPool, metrics: Metrics) {
    this.#pool = pool
    this.#metrics = metrics
  }

  /** Ballots that no thread has taken yet. */
  get length(): number {
    return this.#pending.length
  }

  /** @returns what is wrong with the ballot, nothing if it is good. @throws {Overloaded} */
  check(context: BallotContext, job: BallotJob): Promise<readonly Finding[]> {
    if (this.#pending.length >= longestQueue) throw new Overloaded()
    return new Promise((resolve, reject) => {
      this.#pending.push({ context, job, resolve, reject })
      // After the other requests of this turn of the event loop have been queued too.
      setImmediate(() => this.#dispatch())
    })
  }

  #dispatch(): void {
    while (this.#running < this.#pool.threads && this.#pending.length > 0) {
      const { context } = this.#pending[0]!
      const task = this.#pending.filter((p) => p.context.opening === context.opening).slice(0, largestTask)
      const taken = new Set(task)
      this.#pending = this.#pending.filter((p) => !taken.has(p))
      this.#running += 1
      void this.#run(context, task)
    }
  }

  async #run(context: BallotContext, task: readonly Pending[]): Promise<void> {
    const started = performance.now()
    try {
      const findings = await this.#pool.checkBallots(
        context,
        task.map((p) => p.job),
      )
      this.#metrics.checked(task.length, (performance.now() - started) / 1000)
      task.forEach((p, i) => p.resolve(findings[i]!))
    } catch (error) {
      for (const p of task) p.reject(error)
    } finally {
      this.#running -= 1
      this.#dispatch()
    }
  }
}
