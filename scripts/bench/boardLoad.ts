import { randomBytes } from 'node:crypto'
import { emptyFrontier, frontierRoot, fromTimestamp, toBase64url } from '@cista/board'
import { proofLength } from '@cista/crypto'
import { type Submission, encodePayload, noReplaced, submission } from '@cista/protocol'
import { Simulation, testCode, testTimes } from '@cista/testkit'
import { toPayload } from '@cista/verifier'
import type { BoardSigner } from '../../packages/server/src/boardSecret.js'
import type { CheckedSubmission } from '../../packages/server/src/batch.js'
import type { Sequencer } from '../../packages/server/src/sequencer.js'
import type { Store } from '../../packages/server/src/store.js'

/** An election whose voters cast ballots of the right form and no meaning: for measuring the board alone, which does not look into them. */
export class BoardLoad {
  readonly simulation: Simulation
  /** Milliseconds since 1970 in the election's time. It stands while the simulation's entries are repeated, so that they come out the same. */
  readonly clock = (): number =>
    this.#opened === undefined ? this.#time : this.#time + Math.floor(performance.now() - this.#opened)
  #time = fromTimestamp(testTimes.start) * 1000
  #opened: number | undefined
  readonly #last = new Map<number, string>()
  #next = 0

  readonly signer: BoardSigner
  readonly #fillers: number

  /**
   * @param fillers voters of ballots that mean nothing; each casts again once all have cast.
   * @param others on the roll, for ballots that mean something.
   */
  constructor(seed: string, fillers: number, others: number, signer: BoardSigner) {
    this.#fillers = fillers
    const voters = fillers + others
    this.signer = signer
    this.simulation = new Simulation({
      seed,
      voters: Array.from({ length: voters }, () => ({})),
      manifest: {
        board: signer.keyFor(`bench.example/${seed}`),
        revisions: 1_000,
        maximumWeight: voters,
        schedule: { opens: testTimes.opens, closes: '2099-01-01T00:00:00Z' },
      },
    })
    this.simulation.ceremony().roll(256)
  }

  get id(): string {
    return this.simulation.definition.id
  }

  /** Puts everything before voting on the board, unless that is done, and waits for `opened`. */
  async open(store: Store, sequencer: Sequencer): Promise<void> {
    if (this.#opened !== undefined) return
    const { definition, log } = this.simulation
    const [manifest, ...rest] = log.map(({ kind, bytes, entry }) => submission(kind, bytes, entry.signatures))
    await store.create(
      definition.origin,
      frontierRoot(emptyFrontier(definition.origin, definition.id)),
      manifest!,
      this.clock(),
    )
    for (const s of [manifest!, ...rest]) await this.submit(sequencer, s)
    this.#time = fromTimestamp(testTimes.opens) * 1000
    this.#opened = performance.now()
    for (;;) {
      const stage = await sequencer.read(this.id, ({ course }) => course.phase.stage)
      if (stage === 'open') return
      sequencer.wake(this.id)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  code(voter: number): string {
    return testCode(this.id, voter)
  }

  /** @returns the index of its entry. */
  async submit(sequencer: Sequencer, s: Submission): Promise<number> {
    const payload = toPayload(this.simulation.definition, s.kind, s.payload)
    return this.hand(sequencer, { item: s, payload })
  }

  /** @returns the index of its entry. */
  async hand(sequencer: Sequencer, checked: CheckedSubmission): Promise<number> {
    const decision = await sequencer.submit(this.id, checked, 60_000)
    if (decision === undefined || 'refusal' in decision)
      throw new Error(`not logged: ${JSON.stringify(decision)}`)
    return decision.index
  }

  /** The next voter's ballot. Voters take turns, so that none has two under way. */
  ballot(): Submission {
    const { definition, voters } = this.simulation
    const voter = this.#next++ % this.#fillers
    const payload = encodePayload(definition.codecs, 'ballot', {
      contests: definition.forms.map((form) => ({
        ciphertexts: toBase64url(randomBytes(64 * form.cells)),
        proof: toBase64url(randomBytes(proofLength(form))),
      })),
      credential: voters[voter]!.credential.key,
      election: definition.id,
      replaces: this.#last.get(voter) ?? noReplaced,
      style: 'all',
    })
    const s = submission('ballot', payload, [{ by: 'credential', proof: toBase64url(randomBytes(64)) }])
    this.#last.set(voter, s.hash)
    return s
  }
}
