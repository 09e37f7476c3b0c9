import { toBase64url, toHex } from '@cista/board'
import { ristretto255 as g } from '@cista/crypto'
import { type Choice, type PayloadOf, type Submission, decodePayload } from '@cista/protocol'
import { Simulation, type SimulationPlan } from '@cista/testkit'
import {
  type Step,
  type TrusteeState,
  newTrustee,
  prepareConfirm,
  prepareDeal,
  prepareJoin,
} from '@cista/trustee'
import { checkSubmission } from '@cista/verifier'

export const yes: Choice = { kind: 'selection', selected: ['yes'] }
export const no: Choice = { kind: 'selection', selected: ['no'] }

type Prepare = (course: Simulation['course'], state: TrusteeState) => Promise<Step>

/** A simulated election whose trustees are those of this package, each with a state of its own. */
export class Trustees {
  readonly simulation: Simulation
  readonly states = new Map<number, TrusteeState>()

  constructor(plan: SimulationPlan = {}) {
    this.simulation = new Simulation(plan)
    this.simulation.keys.trustees.forEach(({ secret }, i) => {
      const state = { ...newTrustee(`Trustee ${i + 1}`), secret: toHex(g.encodeScalar(secret)) }
      this.states.set(i + 1, state)
    })
  }

  get all(): number[] {
    return [...this.states.keys()]
  }
  get id(): string {
    return this.simulation.definition.id
  }
  state(i: number): TrusteeState {
    return this.states.get(i)!
  }

  prepare(i: number, prepare: Prepare): Promise<Step> {
    return prepare(this.simulation.course, this.state(i))
  }

  /** Prepares, saves, posts. */
  async take(i: number, prepare: Prepare): Promise<Submission> {
    return this.release(i, ready(await this.prepare(i, prepare)))
  }

  release(i: number, { state, submission }: ReturnType<typeof ready>): Submission {
    this.states.set(i, state)
    post(this.simulation, submission)
    return submission
  }

  async step(prepare: Prepare, except: readonly number[] = []): Promise<this> {
    for (const i of this.all) if (!except.includes(i)) await this.take(i, prepare)
    return this
  }

  async ceremony(): Promise<this> {
    await this.step(prepareJoin)
    await this.step(prepareDeal)
    return this.step(prepareConfirm)
  }

  /** From the ceremony to `tallied`, with two ballots for yes and one for no. */
  async tally(): Promise<this> {
    const s = await this.vote()
    await s.simulation.close().tally()
    return s
  }

  async vote(): Promise<this> {
    await this.ceremony()
    this.simulation.roll().open()
    this.simulation.cast(0, { question: yes }).cast(1, { question: no }).cast(2, { question: yes })
    return this
  }
}

export function ready(step: Step): Extract<Step, { kind: 'ready' }> {
  if (step.kind !== 'ready') throw new Error(`${step.kind}: ${'why' in step ? step.why : ''}`)
  return step
}

/** Logs a submission as a server would: signatures and mathematics checked, then the rules. */
export function post(simulation: Simulation, s: Submission): void {
  const checked = checkSubmission(simulation.course, s, undefined)
  if ('findings' in checked) throw new Error(checked.findings.map((f) => `${f.code} ${f.why}`).join('; '))
  const { payload } = checked
  const candidate = { payload, hash: s.hash, index: simulation.size, batchTime: simulation.now }
  const refusal = simulation.course.judge(candidate)
  if (refusal !== undefined) throw new Error(`${refusal.code} ${refusal.why}`)
  const leaf = simulation.append(s.kind, s.payload, s.signatures)
  simulation.course.apply({ ...candidate, leaf })
}

/** What a dealer sends to trustee `to`, damaged. */
export function spoilShare(
  simulation: Simulation,
  { submission }: { submission: Submission },
  to: number,
  file: Uint8Array,
): PayloadOf<'trustee-dealt'> {
  const dealt = decodePayload(simulation.definition.codecs, 'trustee-dealt', submission.payload)
  const shares = dealt.shares.map((share, i) => (i + 1 === to ? toBase64url(file) : share))
  return { ...dealt, shares }
}
