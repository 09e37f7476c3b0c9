import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client'

export interface Metrics {
  readonly contentType: string
  /** Prometheus' text format. */
  text(): Promise<string>
  batch(kinds: readonly string[], seconds: number): void
  checked(ballots: number, seconds: number): void
  refused(problem: string): void
}

export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const entries = new Counter({
    name: 'cista_entries_total',
    help: 'Entries put on boards by this process',
    labelNames: ['kind'],
    registers,
  })
  const batches = new Histogram({
    name: 'cista_batch_seconds',
    help: 'Time from locking a board to its published head',
    registers,
  })
  const checks = new Counter({
    name: 'cista_ballots_checked_total',
    help: 'Ballots whose proofs were verified',
    registers,
  })
  const checkTime = new Histogram({
    name: 'cista_ballot_check_seconds',
    help: 'Time of one batch of ballots in the proof workers',
    registers,
  })
  const problems = new Counter({
    name: 'cista_problems_total',
    help: 'Requests answered with a problem',
    labelNames: ['problem'],
    registers,
  })
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    batch(kinds, seconds) {
      for (const kind of kinds) entries.inc({ kind })
      batches.observe(seconds)
    },
    checked(ballots, seconds) {
      checks.inc(ballots)
      checkTime.observe(seconds)
    },
    refused: (problem) => problems.inc({ problem }),
  }
}
