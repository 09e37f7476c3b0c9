// Specification: 07 Sequences and attempts · 07 When an entry is legal
import { fromTimestamp } from '@cista/board'
import type { Manifest } from './manifest.js'
import { type Attempt, judgeCeremony, newAttempt } from './attempt.js'
import type { Payload, PayloadOf } from './payloads.js'
import { type Refusal, refuse } from './refusal.js'
import { signers } from './roles.js'

/** An entry as the rules see it. `leaf` is its leaf hash, hex. */
export interface Placed {
  readonly payload: Payload
  readonly index: number
  readonly batchTime: string
  readonly leaf: string
}

export type Stage = 'empty' | 'setup' | 'open' | 'closed' | 'tallied' | 'ended'

/**
 * How far an election is: what kinds of entry are legal next, by phase, sequence, attempt and time alone. What the roll and earlier
 * ballots decide is judged by `Roll` and `BallotBox`, what mathematics decides by the verifier.
 */
export class Phase {
  readonly manifest: Manifest
  stage: Stage = 'empty'
  attempt: Attempt = newAttempt(1)
  /** Next sequence number of administrators, registrars and each trustee. */
  readonly #sequences = new Map<string, number>()
  sealed = false
  /** Closing time in force. */
  closes: string
  closeRequested = false
  opened: { readonly leaf: string; readonly index: number; readonly value: PayloadOf<'opened'> } | undefined
  ballots = 0
  cancellations = 0
  reconciled = false
  tallied: { readonly leaf: string; readonly value: PayloadOf<'tallied'> } | undefined
  readonly decrypted = new Set<number>()
  ended: 'result' | 'aborted' | undefined
  #lastTime = ''

  constructor(manifest: Manifest) {
    this.manifest = manifest
    this.closes = manifest.schedule.closes
  }

  /** The sequence number that the next payload of this role must carry; for trustees with their index. */
  nextSequence(role: 'administrator' | 'registrar' | 'trustee', index = 0): number {
    return this.#sequences.get(role === 'trustee' ? `${role}-${index}` : role) ?? 0
  }

  /** All n trustees of the current attempt have confirmed. */
  get ceremonyDone(): boolean {
    return (
      this.attempt.confirmed.size === this.manifest.trustees.length && this.attempt.complaint === undefined
    )
  }

  /** Units that must be decrypted; undefined before `tallied`. */
  get published(): number | undefined {
    return this.tallied?.value.units.filter((u) => !u.withheld).length
  }

  /** Whether voting can never open: nothing but `aborted` is left then. @param time RFC 3339. */
  isTooLateToOpen(time: string): boolean {
    return this.stage === 'setup' && time >= this.closes
  }

  judge({ payload, batchTime, index }: Omit<Placed, 'leaf'>): Refusal | undefined {
    if (batchTime < this.#lastTime)
      return refuse('TIME', `time goes back from ${this.#lastTime} to ${batchTime}`)
    if (this.stage === 'empty')
      return payload.kind === 'manifest' && index === 0
        ? undefined
        : refuse('PHASE', 'entry 0 is the manifest')
    if (this.ended !== undefined) return refuse('PHASE', `nothing follows ${this.ended}`)
    return this.#judgeSequence(payload) ?? this.#judgeKind(payload, batchTime, index)
  }

  #judgeSequence(payload: Payload): Refusal | undefined {
    if (!('sequence' in payload.value)) return undefined
    const wanted = this.#sequences.get(sequenceOf(payload)) ?? 0
    if (payload.value.sequence === wanted) return undefined
    return refuse(
      'SEQUENCE',
      `sequence ${payload.value.sequence}, but ${wanted} is next for ${sequenceOf(payload)}`,
    )
  }

  #judgeKind(payload: Payload, batchTime: string, index: number): Refusal | undefined {
    const { kind, value } = payload
    const before = (stage: boolean, why: string) => (stage ? undefined : refuse('PHASE', `${kind}: ${why}`))
    switch (kind) {
      case 'manifest':
        return refuse('PHASE', 'a second manifest')
      case 'trustee-joined':
      case 'trustee-dealt':
      case 'trustee-confirmed':
      case 'trustee-complained':
        return (
          before(this.stage === 'setup', 'the election is open') ??
          judgeCeremony(this.attempt, this.manifest.trustees.length, payload)
        )
      case 'ceremony-restarted':
        if (this.stage !== 'setup') return refuse('PHASE', 'the ceremony cannot be restarted after opening')
        return value.attempt === this.attempt.number + 1
          ? undefined
          : refuse('ATTEMPT', `attempt ${value.attempt}, but ${this.attempt.number + 1} is next`)
      case 'roll':
        return before(this.stage === 'setup' && !this.sealed, 'the roll is sealed')
      case 'roll-sealed':
        return before(this.stage === 'setup' && !this.sealed, 'the roll is sealed already')
      case 'opened':
        return this.#judgeOpened(batchTime)
      case 'ballot':
        if (this.stage !== 'open') return refuse('PHASE', 'voting is not open')
        return fromTimestamp(batchTime) <= fromTimestamp(this.closes) + this.manifest.tolerance
          ? undefined
          : refuse('TIME', `voting closed at ${this.closes}`)
      case 'roll-changed':
        return before(
          this.sealed && (this.stage === 'setup' || this.stage === 'open'),
          'only between roll-sealed and closed',
        )
      case 'cancelled':
        if (!this.manifest.paper) return refuse('PHASE', 'this election has no paper voting')
        return before(
          (this.stage === 'open' || this.stage === 'closed') && !this.reconciled,
          'only between opened and reconciled',
        )
      case 'extended':
        if (this.stage !== 'setup' && this.stage !== 'open') return refuse('PHASE', 'voting is closed')
        if (this.closeRequested) return refuse('PHASE', 'closing has been requested')
        if (batchTime >= this.closes) return refuse('TIME', `the closing time ${this.closes} has passed`)
        return value.closes > this.closes
          ? undefined
          : refuse('TIME', `not later than the closing time ${this.closes} in force`)
      case 'close-requested':
        if (!this.manifest.closeOnRequest)
          return refuse('PHASE', 'the manifest does not allow closing on request')
        return before(this.stage === 'open' && !this.closeRequested, 'only once, while voting is open')
      case 'closed':
        if (this.stage !== 'open') return refuse('PHASE', 'voting is not open')
        if (!this.closeRequested && batchTime < this.closes)
          return refuse('TIME', `closing before ${this.closes}`)
        if (value.entries !== index)
          return refuse('NUMBERS', `${value.entries} entries, but ${index} are before it`)
        return value.ballots === this.ballots
          ? undefined
          : refuse('NUMBERS', `${value.ballots} ballots, but ${this.ballots} are on the board`)
      case 'reconciled':
        if (!this.manifest.paper) return refuse('PHASE', 'this election has no paper voting')
        if (this.stage !== 'closed' || this.reconciled)
          return refuse('PHASE', 'only once, between closed and tallied')
        return value.cancellations === this.cancellations
          ? undefined
          : refuse(
              'NUMBERS',
              `${value.cancellations} cancellations, but ${this.cancellations} are on the board`,
            )
      case 'tallied':
        return before(
          this.stage === 'closed' && (this.reconciled || !this.manifest.paper),
          'only once, when the ballots are final',
        )
      case 'decrypted':
        if (this.stage !== 'tallied') return refuse('PHASE', 'nothing is tallied yet')
        if (this.published === 0)
          return refuse('PHASE', 'every unit is withheld: there is nothing to decrypt')
        return before(!this.decrypted.has(value.index), `trustee ${value.index} has decrypted already`)
      case 'result':
        return before(
          this.stage === 'tallied' &&
            (this.published === 0 || this.decrypted.size >= this.manifest.threshold),
          'too few trustees have decrypted',
        )
      case 'aborted':
      case 'notice':
      case 'page-changed':
        return undefined
    }
  }

  #judgeOpened(batchTime: string): Refusal | undefined {
    if (this.stage !== 'setup') return refuse('PHASE', 'opened already')
    if (!this.sealed) return refuse('PHASE', 'the roll is not sealed')
    if (!this.ceremonyDone) return refuse('CEREMONY', 'not every trustee has confirmed the current attempt')
    if (batchTime < this.manifest.schedule.opens)
      return refuse('TIME', `opening before ${this.manifest.schedule.opens}`)
    return batchTime < this.closes
      ? undefined
      : refuse('TIME', `opening after the closing time ${this.closes}`)
  }

  /** Takes an entry that `judge` let pass. */
  apply({ payload, batchTime, leaf, index }: Placed): void {
    const { kind, value } = payload
    this.#lastTime = batchTime
    if ('sequence' in value) this.#sequences.set(sequenceOf(payload), value.sequence + 1)
    switch (kind) {
      case 'manifest':
        this.stage = 'setup'
        return
      case 'trustee-joined':
        this.attempt.joined.set(value.index, value)
        return
      case 'trustee-dealt':
        this.attempt.dealt.set(value.index, value)
        this.attempt.lastDealt = leaf
        return
      case 'trustee-confirmed':
        this.attempt.confirmed.add(value.index)
        return
      case 'trustee-complained':
        this.attempt.complaint = value
        return
      case 'ceremony-restarted':
        this.attempt = newAttempt(value.attempt)
        return
      case 'roll-sealed':
        this.sealed = true
        return
      case 'opened':
        this.stage = 'open'
        this.opened = { leaf, index, value }
        return
      case 'ballot':
        this.ballots += 1
        return
      case 'cancelled':
        this.cancellations += 1
        return
      case 'extended':
        this.closes = value.closes
        return
      case 'close-requested':
        this.closeRequested = true
        return
      case 'closed':
        this.stage = 'closed'
        return
      case 'reconciled':
        this.reconciled = true
        return
      case 'tallied':
        this.stage = 'tallied'
        this.tallied = { leaf, value }
        return
      case 'decrypted':
        this.decrypted.add(value.index)
        return
      case 'result':
      case 'aborted':
        this.stage = 'ended'
        this.ended = kind
        return
      case 'roll':
      case 'roll-changed':
      case 'notice':
      case 'page-changed':
        return
    }
  }
}

function sequenceOf(payload: Payload): string {
  const role = signers[payload.kind]
  return role === 'trustee' && 'index' in payload.value ? `trustee-${payload.value.index}` : role
}
