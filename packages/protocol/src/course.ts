// Specification: 07 When an entry is legal
import { BallotBox, type CastBallot } from './ballotBox.js'
import type { Definition } from './definition.js'
import { Phase, type Placed } from './phase.js'
import type { Refusal } from './refusal.js'
import { Roll } from './roll.js'

/** An entry with the hash of its payload, hex. */
export type Candidate = Omit<Placed, 'leaf'> & { readonly hash: string }

/** The whole state of an election that rules depend on, entry after entry. The verifier's V3, V5 and V6 judge by the same three parts. */
export class Course {
  readonly definition: Definition
  readonly phase: Phase
  readonly roll: Roll
  readonly box: BallotBox
  readonly ballots: CastBallot[] = []

  constructor(definition: Definition) {
    this.definition = definition
    this.phase = new Phase(definition.manifest)
    this.roll = new Roll(definition)
    this.box = new BallotBox(definition.manifest.revisions)
  }

  /** Why the entry would not be legal as the next one; mathematics and signatures aside. */
  judge(candidate: Candidate): Refusal | undefined {
    const refusal = this.phase.judge(candidate)
    if (refusal !== undefined) return refusal
    const { payload } = candidate
    switch (payload.kind) {
      case 'roll':
      case 'roll-sealed':
      case 'roll-changed':
      case 'cancelled':
        return this.roll.judge(payload)
      case 'ballot':
        return this.box.judge(payload.value, this.roll)
      default:
        return undefined
    }
  }

  /** Takes an entry that `judge` let pass. */
  apply(placed: Candidate & { readonly leaf: string }): void {
    this.phase.apply(placed)
    const { payload, hash, index } = placed
    switch (payload.kind) {
      case 'roll':
      case 'roll-sealed':
      case 'roll-changed':
      case 'cancelled':
        this.roll.apply(payload)
        return
      case 'ballot': {
        const { credential, style } = payload.value
        const cast = { index, tracker: hash, credential, style }
        this.box.apply(cast)
        this.ballots.push(cast)
        return
      }
      default:
        return
    }
  }
}
