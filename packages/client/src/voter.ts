import { DecodeError } from '@cista/board'
import { type Credential, type Eligible, credentialOf, noReplaced, parseCode } from '@cista/protocol'
import type { Connection } from './connection.js'
import type { OpenElection } from './election.js'
import { newerReader } from './newer.js'
import type { ProvenEntry } from './reader.js'

/** Somebody with a code, and how the board stands for them. */
export interface Voter extends Eligible {
  readonly credential: Credential
  /** Tracker of the ballot that the next one replaces; zeros if none. */
  readonly replaces: string
}
export type Identified =
  | { readonly voter: Voter }
  | { readonly fault: 'code' | 'not-on-roll' | 'cancelled'; readonly why: string }

/**
 * Finds a code's credential on the roll, each entry verified, and the ballot it has cast last.
 * @throws {DecodeError} where the server's entries do not verify.
 */
export async function identifyVoter(
  connection: Connection,
  election: OpenElection,
  code: string,
): Promise<Identified> {
  const parsed = parseCode(election.definition.id, code)
  if ('fault' in parsed) return { fault: 'code', why: parsed.why }
  const credential = credentialOf(election.definition.id, parsed.code)
  const hints = await connection.hints.credential(credential.key)
  const read = (index: number) => readFresh(connection, election, index)
  const eligible = await eligibility(credential.key)
  if (eligible === undefined)
    return { fault: 'not-on-roll', why: 'this code is not on the roll: ask who gave it to you' }
  if (hints.cancelled !== null) {
    const { payload } = await read(hints.cancelled)
    if (payload.kind === 'cancelled' && payload.value.credential === credential.key)
      return { fault: 'cancelled', why: 'this code is cancelled: its owner votes on paper' }
  }
  return { voter: { ...eligible, credential, replaces: await lastTracker() } }

  /** As the entries before `before` say; a new code has what the code had that it replaces. */
  async function eligibility(key: string, before = Infinity): Promise<Eligible | undefined> {
    const { roll, changes } = key === credential.key ? hints : await connection.hints.credential(key)
    let now = roll === null ? undefined : rolled(await read(roll), key)
    for (const index of [...new Set(changes)].sort((a, b) => a - b)) {
      if (index >= before) break
      const entry = await read(index)
      const old = replacedBy(entry, key)
      now = old === undefined ? changedBy(entry, key, now) : await eligibility(old, index)
    }
    return now
  }

  async function lastTracker(): Promise<string> {
    if (hints.ballot === null) return noReplaced
    const { payload, entry } = await read(hints.ballot)
    if (payload.kind !== 'ballot' || payload.value.credential !== credential.key)
      throw new DecodeError(`entry ${hints.ballot}`, 'not a ballot of this credential')
    return entry.payload
  }
}

/** An entry may be younger than the checkpoint that the election was opened under: then a newer one of the same history is fetched. */
async function readFresh(
  connection: Connection,
  election: OpenElection,
  index: number,
): Promise<ProvenEntry> {
  return (
    index < election.reader.checkpoint.size ? election.reader : await newerReader(connection, election)
  ).read(index)
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
