// Specification: 07 When an entry is legal
import { noReplaced } from './payloads.js'
import type { Ballot } from './payloads.js'
import { type Refusal, refuse } from './refusal.js'
import type { Roll } from './roll.js'

/** A ballot on the board, as far as counting needs it. */
export interface CastBallot {
  readonly index: number
  readonly tracker: string
  readonly credential: string
  readonly style: string
}

/** The chain of every credential's ballots: each names the one it replaces. */
export class BallotBox {
  readonly #revisions: number
  readonly #last = new Map<string, { readonly ballot: CastBallot; readonly number: number }>()

  /** @param revisions how often one credential may replace its ballot. */
  constructor(revisions: number) {
    this.#revisions = revisions
  }

  /** The credential's last ballot. */
  last(credential: string): CastBallot | undefined {
    return this.#last.get(credential)?.ballot
  }

  /** What roll and earlier ballots decide about a ballot, at the moment it is cast. */
  judge(ballot: Ballot, roll: Roll): Refusal | undefined {
    const eligible = roll.get(ballot.credential)
    if (eligible === undefined) return refuse('BALLOT_CREDENTIAL', 'the credential is not on the roll')
    if (roll.isCancelled(ballot.credential))
      return refuse('BALLOT_CANCELLED', 'the credential is cancelled: its owner votes on paper')
    if (eligible.style !== ballot.style)
      return refuse('BALLOT_STYLE', `ballot style “${ballot.style}” instead of “${eligible.style}”`)
    const last = this.#last.get(ballot.credential)
    if (ballot.replaces !== (last?.ballot.tracker ?? noReplaced))
      return refuse(
        'BALLOT_REPLACES',
        last === undefined
          ? 'replaces a ballot that is not there'
          : 'does not replace the last ballot of its credential',
      )
    if (last !== undefined && last.number > this.#revisions)
      return refuse(
        'BALLOT_REVISIONS',
        this.#revisions === 0
          ? 'a second ballot, but re-voting is not allowed'
          : `more than ${this.#revisions} re-votes`,
      )
    return undefined
  }

  /** Takes a ballot that `judge` let pass. */
  apply(ballot: CastBallot): void {
    const number = (this.#last.get(ballot.credential)?.number ?? 0) + 1
    this.#last.set(ballot.credential, { ballot, number })
  }
}
