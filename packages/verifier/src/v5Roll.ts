// Specification: 09 V5 Roll
import { fromHex } from '@cista/board'
import { ristretto255 } from '@cista/crypto'
import { type Definition, Roll } from '@cista/protocol'
import { type Checked, type Finding, type Step, type Verdict, verdict } from './findings.js'
import type { Entries, PlacedEntry } from './v3Entries.js'

export interface RollHistory {
  /** The entries that make the roll, in board order; `applyTo` replays them. */
  readonly entries: readonly PlacedEntry[]
  /** The roll after all of them. */
  readonly roll: Roll
}

/** V5. Credentials are sorted and distinct, sealed in full, changed only as the registrars signed, and within the largest weight. */
export function checkRoll(
  definition: Definition,
  { placed, phase }: Checked<Entries>,
  step: Step,
): Verdict<RollHistory> {
  const findings: Finding[] = []
  const roll = new Roll(definition)
  const entries: PlacedEntry[] = []
  let looked = 0
  for (const entry of placed) {
    const { payload, index } = entry
    if (!isRollPayload(payload)) continue
    const at = `entry ${index} (${payload.kind})`
    const keys = newKeys(payload)
    looked += keys.length
    step(looked, 0)
    for (const key of keys)
      if (!isElement(key))
        findings.push({ code: 'ROLL_KEY', at, why: `credential ${key} is not the encoding of a key` })
    const refusal = roll.judge(payload)
    if (refusal === undefined) {
      roll.apply(payload)
      entries.push(entry)
    } else findings.push({ code: refusal.code, at, why: refusal.why })
  }
  return verdict({ entries, roll }, looked, findings, phase.sealed)
}

type RollPayload = Parameters<Roll['judge']>[0]

export function isRollPayload(payload: PlacedEntry['payload']): payload is RollPayload {
  const { kind } = payload
  return kind === 'roll' || kind === 'roll-sealed' || kind === 'roll-changed' || kind === 'cancelled'
}

function newKeys(payload: RollPayload): string[] {
  if (payload.kind === 'roll') return payload.value.credentials.map((c) => c.key)
  if (payload.kind !== 'roll-changed') return []
  return [...payload.value.added.map((a) => a.key), ...payload.value.rekeyed.map((r) => r.to)]
}

export function isElement(hex: string): boolean {
  try {
    ristretto255.decode(fromHex(hex))
    return true
  } catch {
    return false
  }
}
