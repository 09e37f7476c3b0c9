import { DecodeError } from '@cista/board'
import type { Eligible } from '@cista/protocol'
import type { Connection, CredentialHints } from './connection.js'
import type { ProvenEntry } from './reader.js'

/** How entries are read here: verified, under one history. */
export type ReadEntry = (index: number) => Promise<ProvenEntry>

/**
 * What a credential may vote on, as the entries say that hints name; undefined where it is not on the roll, or no longer.
 * @throws {DecodeError} where a hint names an entry that says nothing about it.
 */
export async function eligibilityOf(
  connection: Connection,
  read: ReadEntry,
  key: string,
): Promise<Eligible | undefined> {
  return eligibility(key, Infinity)

  /** As the entries before `before` say; a new code has what the code had that it replaces. */
  async function eligibility(of: string, before: number): Promise<Eligible | undefined> {
    const { roll, changes } = await connection.hints.credential(of)
    let now = roll === null ? undefined : rolled(await read(roll), of)
    for (const index of [...new Set(changes)].sort((a, b) => a - b)) {
      if (index >= before) break
      const entry = await read(index)
      const old = replacedBy(entry, of)
      now = old === undefined ? changedBy(entry, of, now) : await eligibility(old, index)
    }
    return now
  }
}

/** Whether the entry that a hint names cancels this credential. */
export async function isCancelled(
  { cancelled }: CredentialHints,
  read: ReadEntry,
  key: string,
): Promise<boolean> {
  if (cancelled === null) return false
  const { payload } = await read(cancelled)
  return payload.kind === 'cancelled' && payload.value.credential === key
}

function rolled({ payload, entry }: ProvenEntry, key: string): Eligible {
  const found = payload.kind === 'roll' ? payload.value.credentials.find((c) => c.key === key) : undefined
  if (found === undefined) throw new DecodeError(`entry ${entry.index}`, 'does not hold this credential')
  return { style: found.style, weight: found.weight }
}

/** The credential in whose place this one was put. */
const replacedBy = ({ payload }: ProvenEntry, key: string): string | undefined =>
  payload.kind === 'roll-changed' ? payload.value.rekeyed.find((r) => r.to === key)?.from : undefined

function changedBy(
  { payload, entry }: ProvenEntry,
  key: string,
  now: Eligible | undefined,
): Eligible | undefined {
  if (payload.kind !== 'roll-changed')
    throw new DecodeError(`entry ${entry.index}`, 'not a change of the roll')
  const { added, removed, rekeyed, reweighted, restyled } = payload.value
  const fresh = added.find((a) => a.key === key)
  if (fresh !== undefined) return { style: fresh.style, weight: fresh.weight }
  if (removed.includes(key) || rekeyed.some((r) => r.from === key)) return undefined
  const style = restyled.find((r) => r.key === key)?.style ?? now?.style
  const weight = reweighted.find((r) => r.key === key)?.weight ?? now?.weight
  return style === undefined || weight === undefined ? now : { style, weight }
}
