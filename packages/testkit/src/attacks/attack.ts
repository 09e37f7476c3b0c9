import type { MemoryRecord, RecordSource, Signature } from '@cista/board'
import { type EntryKind, type Payload, type PayloadOf, encodePayload } from '@cista/protocol'
import { type CheckId, type ExamineOptions, type FindingCode, findingCodes } from '@cista/verifier'
import type { Simulation, SimulationPlan } from '../simulation.js'

/** A record to verify, and what its reader knows from elsewhere. */
export interface Exhibit {
  readonly record: RecordSource
  readonly options?: ExamineOptions
}

/**
 * A corrupted record with everything re-signed and re-logged that its attacker could, which must fail in exactly one check. The
 * control is the same election without the corruption: there the check passes.
 */
export interface Attack {
  readonly name: string
  readonly code: FindingCode
  readonly trips: CheckId
  make(): Promise<Exhibit>
  readonly control: () => Promise<Exhibit>
}

/** What an attacker does to an election that is otherwise played as always. */
export interface Attacker extends Pick<SimulationPlan, 'edit' | 'resign' | 'after'> {
  /** Ends at `closed`: what was forged cannot be tallied or decrypted. */
  readonly stops?: boolean
}
export type Election = (attacker?: Attacker) => Promise<Simulation>

export const exhibit = async (simulation: Simulation): Promise<Exhibit> => ({
  record: await simulation.record(),
  options: { election: simulation.definition.id },
})

export function attack(
  code: FindingCode,
  name: string,
  control: () => Promise<Exhibit>,
  make: () => Promise<Exhibit>,
): Attack {
  const ids = Object.keys(findingCodes) as CheckId[]
  const trips = ids.find((id) => (findingCodes[id] as readonly string[]).includes(code))!
  return { name, code, trips, make, control }
}

const controls = new Map<Election, () => Promise<Exhibit>>()

/** One and the same function for the same election, so that a test need not run it twice. */
export function controlOf(election: Election): () => Promise<Exhibit> {
  let control = controls.get(election)
  if (control === undefined) controls.set(election, (control = async () => exhibit(await election())))
  return control
}

/** The election, played with an attacker. */
export const bend = (code: FindingCode, name: string, election: Election, attacker: Attacker): Attack =>
  attack(code, name, controlOf(election), async () => exhibit(await election(attacker)))

/** The election as it was, and its files corrupted. */
export const tamper = (
  code: FindingCode,
  name: string,
  election: Election,
  corrupt: (record: MemoryRecord, simulation: Simulation) => Promise<ExamineOptions | void>,
): Attack =>
  attack(code, name, controlOf(election), async () => {
    const simulation = await election()
    const record = await simulation.record()
    const options = await corrupt(record, simulation)
    return { record, options: { election: simulation.definition.id, ...options } }
  })

/** Changes payloads of a kind before they are signed and logged; undefined leaves one as it is. */
export const change = <K extends EntryKind>(
  kind: K,
  to: (value: PayloadOf<K>, simulation: Simulation) => PayloadOf<K> | undefined,
): Attacker => ({
  edit(payload, simulation) {
    if (payload.kind !== kind) return undefined
    const value = to(payload.value as PayloadOf<K>, simulation)
    return value === undefined ? undefined : ({ kind, value } as Payload)
  },
})

/** The first payload of a kind as it should be, with other signatures. */
export const resign = (
  kind: EntryKind,
  sign: (simulation: Simulation, bytes: Uint8Array) => readonly Signature[],
): Attacker => ({
  resign: (payload, bytes, simulation) => (payload.kind === kind ? sign(simulation, bytes) : undefined),
})

/** Acts once, behind the first payload of a kind. */
export function after(kind: EntryKind, act: (simulation: Simulation) => void): Attacker {
  const done = new WeakSet<Simulation>()
  return {
    after(payload, simulation) {
      if (payload.kind !== kind || done.has(simulation)) return
      done.add(simulation)
      act(simulation)
    },
  }
}

/** Logs a payload, rightly signed if not told otherwise, that the simulation itself takes no notice of. */
export function slip(
  simulation: Simulation,
  payload: Payload,
  signatures?: (honest: readonly Signature[], bytes: Uint8Array) => readonly Signature[],
): void {
  const bytes = encodePayload(simulation.definition.codecs, payload.kind, payload.value as never)
  const honest = simulation.sign(payload, bytes)
  simulation.append(payload.kind, bytes, signatures?.(honest, bytes) ?? honest)
}

/** Behind the first entry of a kind, a payload that does not belong there, with the sequence that would be next. */
export function misplaced<K extends EntryKind>(
  behind: EntryKind,
  kind: K,
  value: (s: Simulation) => Omit<PayloadOf<K>, 'sequence'>,
): Attacker {
  return after(behind, (s) => {
    const own = value(s)
    const role = ({ ...own } as { index?: number }).index
    const sequence = s.course.phase.nextSequence(signerOf(kind), role)
    const full = kind === 'ballot' ? own : { ...own, sequence }
    slip(s, { kind, value: full } as unknown as Payload)
  })
}
const signerOf = (kind: EntryKind) =>
  kind.startsWith('trustee') || kind === 'decrypted'
    ? 'trustee'
    : kind.startsWith('roll') || kind === 'cancelled' || kind === 'reconciled'
      ? 'registrar'
      : 'administrator'

/** Behind the first entry of a kind, the first one of another, byte by byte. */
export const again = (kind: EntryKind, behind: EntryKind): Attacker =>
  after(behind, (s) => {
    const { bytes, entry } = s.log.find((l) => l.kind === kind)!
    s.append(kind, bytes, entry.signatures)
  })
