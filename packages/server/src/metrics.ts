import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client'
import type { Standing } from './boardSurvey.js'
import type { WitnessAnswer } from './witnessClient.js'

export interface Metrics {
  readonly contentType: string
  /** Prometheus' text format. */
  text(): Promise<string>
  batch(kinds: readonly string[], seconds: number): void
  checked(ballots: number, seconds: number): void
  refused(problem: string): void
  /** @param route its template, never an address: there are too many of those, and they hold trackers. */
  request(method: string, route: string, status: number, seconds: number): void
  databaseAway(): void
  /** From now on, what is read when somebody asks for the metrics. */
  show(sources: GaugeSources): void
  /** A witness was asked about a head of a board, and this came of it. */
  witness(name: string, outcome: WitnessAnswer['kind']): void
  /** @param seconds by which the clock of a witness is ahead of ours, as its last cosignature shows. */
  witnessClock(name: string, seconds: number): void
}

export interface GaugeSources {
  readonly ballotsWaiting: () => number
  readonly bodyBytes: () => number
  /** Rejects where the database cannot be asked. */
  readonly boards: () => Promise<Standing>
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
  const answers = new Counter({
    name: 'cista_witness_answers_total',
    help: 'What came of asking a witness to cosign; lied and conflict want a person',
    labelNames: ['witness', 'outcome'],
    registers,
  })
  const requests = new Histogram({
    name: 'cista_request_seconds',
    help: 'Time from the head of a request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  })
  const databaseErrors = new Counter({
    name: 'cista_database_errors_total',
    help: 'Times that the database could not be asked',
    registers,
  })
  let sources: GaugeSources | undefined
  const gauge = (name: string, help: string, read: (from: GaugeSources) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        if (sources !== undefined) this.set(read(sources))
      },
    })
  gauge('cista_ballots_waiting', 'Ballots that no proof worker has taken yet', (s) => s.ballotsWaiting())
  gauge('cista_body_bytes', 'Bytes of bodies whose requests are under way', (s) => s.bodyBytes())
  new Gauge({
    name: 'cista_boards',
    help: 'Boards that are not ended and still loading, halted, or ahead of their public head; absent while the database is away',
    labelNames: ['state'],
    registers,
    async collect() {
      const standing = await sources?.boards().catch(() => undefined)
      this.reset()
      for (const [state, boards] of Object.entries(standing ?? {})) this.set({ state }, boards)
    },
  })
  // Of a clock that is never set: when each witness cosigned last, or else was first asked.
  const cosigned = new Map<string, number>()
  const silence = new Gauge({
    name: 'cista_witness_silence_seconds',
    help: 'Time since the last cosignature of a witness, or since it was first asked',
    labelNames: ['witness'],
    registers,
    collect() {
      for (const [witness, at] of cosigned) silence.set({ witness }, (performance.now() - at) / 1000)
    },
  })
  const ahead = new Gauge({
    name: 'cista_witness_clock_ahead_seconds',
    help: 'Time of the last cosignature of a witness, less the time here when it came',
    labelNames: ['witness'],
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
    request: (method, route, status, seconds) =>
      requests.observe(
        {
          method: ['GET', 'HEAD', 'POST'].includes(method) ? method : 'other',
          route,
          status: `${Math.floor(status / 100)}xx`,
        },
        seconds,
      ),
    databaseAway: () => databaseErrors.inc(),
    show(from) {
      sources = from
    },
    witness(name, outcome) {
      answers.inc({ witness: name, outcome })
      if (outcome === 'cosigned' || !cosigned.has(name)) cosigned.set(name, performance.now())
    },
    witnessClock: (name, seconds) => ahead.set({ witness: name }, seconds),
  }
}
