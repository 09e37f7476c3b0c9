// Specification: 09 V3 Entries
import { DecodeError, equalBytes, fromTimestamp, openCheckpoint, rootOf } from '@cista/board'
import {
  type Candidate,
  type Definition,
  type EntryKind,
  type Payload,
  Phase,
  decodePayload,
  isEntryKind,
} from '@cista/protocol'
import type { FindingCode } from './checklist.js'
import { type Checked, type Finding, type Step, type Verdict, verdict } from './findings.js'
import { type SignatureClaim, authoritySignatures, falseClaims } from './signatures.js'
import { type Board, policyOf } from './v2Board.js'

export type PlacedEntry = Candidate & { readonly leaf: string }
export interface Entries {
  readonly placed: readonly PlacedEntry[]
  /** Where the election stands after the last entry. */
  readonly phase: Phase
}

/** V3. Payloads are strict, authorities' signatures right and enough, and every entry legal where it stands. */
export function checkEntries(definition: Definition, board: Checked<Board>, step: Step): Verdict<Entries> {
  const { manifest, id } = definition
  const findings: Finding[] = []
  const find = (code: FindingCode, at: string, why: string) => findings.push({ code, at, why })
  const phase = new Phase(manifest)
  const placed: PlacedEntry[] = []
  const claims: SignatureClaim[] = []
  const rootAt = (size: number) => rootOf(board.leaves.slice(0, size))

  board.entries.forEach(({ entry, leaf }, index) => {
    const at = `entry ${index} (${entry.kind})`
    const payload = decode(entry.kind, index, at)
    if (payload === undefined) return
    checkSigners(payload, index, at)
    const { batchTime } = entry
    const candidate = { payload, index, batchTime, hash: entry.payload, leaf }
    findings.push(...embeddedFindings(definition, phase, candidate, rootAt, at))
    const refusal = phase.judge(candidate)
    if (refusal === undefined) {
      phase.apply(candidate)
      placed.push(candidate)
    } else find(refusal.code, at, refusal.why)
    if (index % 1000 === 0) step(index, board.entries.length)
  })
  for (const { at } of falseClaims(claims))
    find('SIGNATURE_INVALID', at, 'a signature that does not fit key, election, kind and payload')
  step(board.entries.length, board.entries.length)
  return verdict({ placed, phase }, board.entries.length, findings)

  function decode(kind: string, index: number, at: string): Payload | undefined {
    if (!isEntryKind(kind)) {
      find('ENTRY_KIND', at, 'no such kind of entry')
      return undefined
    }
    try {
      return toPayload(definition, kind, board.payloads[index]!)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      find('ENTRY_PAYLOAD', at, error.message)
      return undefined
    }
  }

  function checkSigners(payload: Payload, index: number, at: string): void {
    if (payload.kind === 'ballot') return
    const { signatures, payload: hash } = board.entries[index]!.entry
    const signed = authoritySignatures(id, manifest, payload, hash, signatures, at)
    if ('why' in signed) find('SIGNATURE_SIGNERS', at, signed.why)
    else claims.push(...signed.claims)
  }
}

/**
 * What is wrong with the checkpoint that `opened` and `closed` hold: it is of all before them, made when their time had come.
 * @param phase before the entry. @param rootAt the root of the board's first entries.
 */
export function embeddedFindings(
  definition: Definition,
  phase: Phase,
  { payload, index }: Candidate,
  rootAt: (size: number) => Uint8Array,
  at: string,
): Finding[] {
  if (payload.kind !== 'opened' && payload.kind !== 'closed') return []
  const finding = (why: string): Finding[] => [{ code: 'CHECKPOINT_EMBEDDED', at, why }]
  const due =
    payload.kind === 'opened'
      ? definition.manifest.schedule.opens
      : phase.closeRequested
        ? undefined
        : phase.closes
  try {
    const policy = policyOf(definition)
    const { checkpoint, cosignatures } = openCheckpoint(payload.value.checkpoint, policy, 'checkpoint')
    const timely = cosignatures.filter(({ time }) => due === undefined || time >= fromTimestamp(due))
    if (checkpoint.size !== index) return finding(`holds a checkpoint of ${checkpoint.size} entries`)
    if (!equalBytes(checkpoint.root, rootAt(index))) return finding('holds a checkpoint of another history')
    return timely.length < policy.quorum
      ? finding('too few witnesses cosigned its checkpoint at or after the scheduled time')
      : []
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return finding(error.message)
  }
}

/** @throws {DecodeError} unless the bytes are a canonical payload of this kind. */
export function toPayload(definition: Definition, kind: EntryKind, bytes: Uint8Array): Payload {
  return { kind, value: decodePayload(definition.codecs, kind, bytes) } as Payload
}
