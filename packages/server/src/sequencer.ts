import { DecodeError } from '@cista/board'
import type { ProofPool } from '@cista/verifier'
import { type CheckedSubmission, type Decision, runBatch } from './batch.js'
import { dueKind, tally } from './derived.js'
import { type Desk, answer, decisionAt, lookSince, newDesk, waitAt } from './desk.js'
import { Inbox } from './inbox.js'
import { HaltError, LiveElection } from './live.js'
import type { Metrics } from './metrics.js'
import { type PublishPorts, publishHead } from './publish.js'

export interface SequencerPorts extends PublishPorts {
  readonly pool: ProofPool
  /** Milliseconds since 1970. */
  readonly clock: () => number
  readonly metrics: Metrics
  /** Milliseconds in which submissions gather for one batch, if not as usual. */
  readonly gather?: number
}

/** The election's board does not continue; the log says why. */
export class Halted extends Error {
  override readonly name = 'Halted'
}

/** Milliseconds in which submissions gather for one batch. */
const usualGather = 20
/** Milliseconds after which the schedule and other processes' work are looked at. */
const poll = 250
/** Looking through the whole queues, which takes longer the more has left them, is done for one part of this many. */
const rest = 40
/** Milliseconds after which those who wait are looked after, however much there is to do. */
const settleAfter = 1_000
/** Milliseconds before a head that too few witnesses have cosigned is offered to them again. */
const patienceWithWitnesses = 1_000

/** Extends the boards, one batch of one board after the other, together with any number of other processes on one store. */
export class Sequencer {
  readonly #ports: SequencerPorts
  readonly #desks = new Map<string, Desk>()
  readonly #inbox: Inbox
  #poll: NodeJS.Timeout | undefined
  #polling: Promise<void> = Promise.resolve()
  #stopped = false
  #lookAgain = 0

  constructor(ports: SequencerPorts) {
    this.#ports = ports
    this.#inbox = new Inbox(ports.store)
  }

  /** Takes up what waits and watches the schedule, until `stop`. */
  start(): void {
    const round = async () => {
      await this.#lookAround()
      if (this.#stopped) return
      this.#poll = setTimeout(() => {
        this.#polling = round()
      }, poll)
    }
    this.#polling = round()
  }

  /** Finishes the batches under way. What waits stays in the queue. */
  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#poll)
    await this.#polling
    for (const desk of this.#desks.values()) {
      clearTimeout(desk.timer)
      await desk.mutex.run(() => undefined)
      // Their submissions stay in the queue: whoever asks again, here or at another process, gets the answer.
      for (const waiters of desk.waiters.values()) for (const { decide } of waiters) decide(undefined)
    }
  }

  /** Elections that have not ended and whose boards are not in memory yet: they are being read from the database. */
  get loading(): string[] {
    return [...this.#desks].flatMap(([id, { live, halted, ended }]) =>
      live === undefined && halted === undefined && !ended ? [id] : [],
    )
  }

  /** Elections whose boards were halted. */
  get halted(): string[] {
    return [...this.#desks].flatMap(([id, desk]) => (desk.halted === undefined ? [] : [id]))
  }

  /**
   * Reads an election between two batches. All that is on its board is published, unless its witnesses are late.
   * @returns undefined where there is no such election. @throws {Halted}
   */
  async read<T>(election: string, work: (live: LiveElection) => T): Promise<T | undefined> {
    const desk = this.#desks.get(election)
    if (desk === undefined && (await this.#ports.store.board(election)) === undefined) return undefined
    return this.#exclusively(election, work)
  }

  /** Queues a checked submission and waits until it is published or refused; undefined if that takes longer than `timeout`. */
  async submit(election: string, checked: CheckedSubmission, timeout: number): Promise<Decision | undefined> {
    const arrived = this.#ports.clock()
    return waitAt(this.#desk(election), checked, arrived, timeout, async () => {
      await this.#inbox.put({ election, submission: checked.item, arrived })
      this.#soon(election)
    })
  }

  /** Somebody has put something into an election's queue, or its time has come. */
  wake(election: string): void {
    this.#desk(election).strangers = true
    this.#soon(election)
  }

  #soon(election: string): void {
    const desk = this.#desk(election)
    if (this.#stopped || desk.timer !== undefined) return
    desk.timer = setTimeout(() => {
      desk.timer = undefined
      this.#sequence(election).catch((error: unknown) => this.#report(election, error))
    }, this.#ports.gather ?? usualGather)
  }

  async #lookAround(): Promise<void> {
    const { store, log, clock } = this.#ports
    try {
      const waiting = await this.#lookThroughQueues()
      const now = new Date(clock()).toISOString().replace(/\.\d+Z$/, 'Z')
      for (const state of await store.boards()) {
        const { election } = state
        const desk = this.#desk(election)
        desk.ended = state.ended
        if (waiting.has(election)) desk.strangers = true
        const { live } = desk
        const behind =
          live === undefined
            ? !state.ended || state.published < state.size
            : live.size !== state.size || live.note === undefined
        const due = live !== undefined && live.tallied !== 'computing' && dueKind(live, now) !== undefined
        const awaited = desk.waiters.size > 0
        if (behind || due || awaited || waiting.has(election)) this.#soon(election)
      }
    } catch (error) {
      log.error({ err: error }, 'the database cannot be read')
    }
  }

  /** Now and then: what other processes, or former ones, have left. */
  async #lookThroughQueues(): Promise<ReadonlySet<string>> {
    const started = performance.now()
    if (started < this.#lookAgain) return new Set()
    const waiting = await this.#ports.store.waitingElections()
    const now = performance.now()
    this.#lookAgain = now + rest * (now - started)
    return new Set(waiting)
  }

  /** Batch after batch while there is something to do. */
  async #sequence(election: string): Promise<void> {
    const desk = this.#desk(election)
    if (desk.halted !== undefined) return
    desk.again = true
    // One loop is enough, and leaves readers their turn.
    if (desk.running) return
    desk.running = true
    try {
      while (desk.again && !this.#stopped) {
        desk.again = false
        if (await this.#exclusively(election, (live) => this.#step(desk, live))) desk.again = true
      }
    } finally {
      desk.running = false
    }
  }

  async #step(desk: Desk, live: LiveElection): Promise<boolean> {
    if (live.size > 0 && live.note === undefined) return false
    const { clock, metrics, log } = this.#ports
    const election = live.definition.id
    const started = performance.now()
    const known = (key: string) => {
      const [waiter] = desk.waiters.get(key) ?? []
      return waiter?.checked
    }
    const { strangers: whole } = desk
    const queue = { since: lookSince(desk), known }
    const { decisions, kinds, more, published, strangers } = await runBatch(live, this.#ports, clock(), queue)
    if (whole && strangers === 0) desk.strangers = false
    if (kinds.length > 0) {
      metrics.batch(kinds, (performance.now() - started) / 1000)
      log.info({ election, size: live.size, entries: kinds.length, published }, 'board extended')
    }
    // Only a public entry is an answer; who waits for witnesses is answered once the head is public.
    for (const [key, decision] of decisions)
      if (published || 'refusal' in decision) answer(desk, key, decision)
    if (!published) this.#askLater(desk, live)
    // Where the queue never runs empty, too: others may have sequenced what is waited for here.
    else if (!more || performance.now() - desk.settled > settleAfter) await this.#settle(desk, live)
    if (dueKind(live, live.lastTime) === 'tallied') this.#startTally(live)
    return more && published
  }

  /** Answers for submissions that another process has sequenced. */
  async #settle(desk: Desk, live: LiveElection): Promise<void> {
    desk.settled = performance.now()
    const queued = [...desk.waiters].flatMap(([key, waiters]) => {
      const found = [...waiters].find((waiter) => waiter.queued)
      return found === undefined ? [] : [{ key, item: found.checked.item }]
    })
    const { store } = this.#ports
    // One by one, by their key: a list of them may be planned as a walk over the whole board.
    const places = await Promise.all(queued.map(({ item }) => store.place(live.definition.id, item.hash)))
    for (const [i, { key, item }] of queued.entries()) {
      const decision = decisionAt(places[i], item, live.size)
      if (decision !== undefined) answer(desk, key, decision)
    }
  }

  #startTally(live: LiveElection): void {
    if (live.tallied !== undefined) return
    const { store, pool } = this.#ports
    const election = live.definition.id
    live.tallied = 'computing'
    tally(live, store, pool).then(
      (tallied) => {
        live.tallied = tallied
        this.#soon(election)
      },
      (error: unknown) => {
        live.tallied = undefined
        this.#report(election, error)
      },
    )
  }

  /** Runs `work` with the election as it is stored, published, and nobody else at it in this process. */
  #exclusively<T>(election: string, work: (live: LiveElection) => T | Promise<T>): Promise<T> {
    const desk = this.#desk(election)
    return desk.mutex.run(async () => {
      if (desk.halted !== undefined) throw new Halted(desk.halted)
      const live = await this.#current(election, desk)
      const { size } = live
      try {
        return await work(live)
      } catch (error) {
        // On any doubt memory is thrown away: the store knows what was committed. Where nothing was added there is none.
        if (live.size !== size) desk.live = undefined
        throw this.#haltOn(election, desk, error)
      }
    })
  }

  async #current(election: string, desk: Desk): Promise<LiveElection> {
    const { store } = this.#ports
    try {
      const live = desk.live ?? (await this.#load(election))
      // Before the database is asked, which never has less than what was published before.
      const kept = desk.live === undefined ? await this.#ports.kept.last(live.definition) : undefined
      const state = await store.board(election)
      if (state === undefined) throw new Error(`election ${election} is gone`)
      if (desk.live === undefined) await live.follow(store, state, kept, this.#tellProgress(election))
      else if (live.size !== state.size) await live.follow(store, state)
      desk.live = live
      if (live.size > 0 && live.note === undefined && performance.now() >= desk.askAgain)
        if (!(await publishHead(live, this.#ports))) this.#askLater(desk, live)
      return live
    } catch (error) {
      throw this.#haltOn(election, desk, error)
    }
  }

  /** Of reading a large board, now and then. */
  #tellProgress(election: string) {
    let told = performance.now()
    return (done: number, total: number) => {
      if (performance.now() - told < 5_000) return
      told = performance.now()
      this.#ports.log.info({ election, done, total }, 'reading a board')
    }
  }

  #askLater(desk: Desk, { definition, size }: LiveElection): void {
    desk.askAgain = performance.now() + patienceWithWitnesses
    this.#ports.log.warn(
      { election: definition.id, size },
      'too few witnesses have cosigned: the board waits',
    )
  }

  async #load(election: string): Promise<LiveElection> {
    const { store, signer } = this.#ports
    const manifest = await store.payload(election, election)
    if (manifest === undefined) throw new HaltError('the manifest is missing in the database')
    const live = new LiveElection(manifest)
    if (signer.keyFor(live.definition.origin) !== live.definition.manifest.board)
      throw new HaltError(
        'the board secret is not the one that this election was made with: restore the file that CISTA_BOARD_SECRET_FILE names',
      )
    return live
  }

  #haltOn(election: string, desk: Desk, error: unknown): unknown {
    if (!(error instanceof HaltError) && !(error instanceof DecodeError)) return error
    desk.halted = error.message
    this.#ports.log.fatal({ election, why: error.message }, 'board halted: nothing more will be signed')
    return new Halted(error.message)
  }

  #report(election: string, error: unknown): void {
    if (!(error instanceof Halted)) this.#ports.log.error({ election, err: error }, 'batch failed')
  }

  #desk(election: string): Desk {
    let desk = this.#desks.get(election)
    if (desk === undefined) {
      desk = newDesk()
      this.#desks.set(election, desk)
    }
    return desk
  }
}
