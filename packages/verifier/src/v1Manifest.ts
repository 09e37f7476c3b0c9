// Specification: 09 V1 Manifest
import {
  DecodeError,
  type Entry,
  type RecordSource,
  checkpointPath,
  decodeEntry,
  decodeEntryBundle,
  decodePayloadBundle,
  entriesPath,
  fromUtf8,
  parseCheckpoint,
  parseNote,
  payloadHash,
  payloadsPath,
  readRequired,
  widthOf,
} from '@cista/board'
import {
  type Definition,
  type Manifest,
  compileDefinition,
  decodeManifest,
  manifestFaults,
} from '@cista/protocol'
import type { FindingCode } from './checklist.js'
import { type Finding, type Verdict, refuted, verdict } from './findings.js'
import { authoritySignatures, falseClaims } from './signatures.js'

/** There is no record to verify: unreachable, or no checkpoint where one was named. Not a verdict about an election. */
export class RecordUnavailable extends Error {
  override readonly name = 'RecordUnavailable'
}

export interface Opening {
  readonly definition: Definition
  /** The manifest's bytes. */
  readonly manifest: Uint8Array
  /** The checkpoint as it was read, not yet verified. */
  readonly note: string
}

/**
 * V1. Entry 0 holds a manifest, its SHA-256 is the election's id, it can work, and administrators signed it. The size of the record is
 * still only claimed here; V2 verifies it.
 */
export async function checkManifest(
  source: RecordSource,
  election: string | undefined,
): Promise<Verdict<Opening>> {
  const checkpoint = await source.read(checkpointPath)
  if (checkpoint === undefined)
    throw new RecordUnavailable(
      'there is no file “checkpoint”: not a record of an election. Is its folder, or its address (https://…/elections/ID), right?',
    )
  const read = await decoding('MANIFEST_MISSING', async () => {
    const note = fromUtf8(checkpoint)
    const { size } = parseCheckpoint(parseNote(note).body)
    if (size === 0) throw new DecodeError(checkpointPath, 'an empty board')
    const width = widthOf(0, 0, size)
    const [entries, payloads] = await Promise.all(
      [entriesPath(0, width), payloadsPath(0, width)].map((path) => readRequired(source, path)),
    )
    const entry = decodeEntry(decodeEntryBundle(entries!, width, entriesPath(0, width))[0]!, 'entry 0')
    return { note, entry, bytes: decodePayloadBundle(payloads!, width, payloadsPath(0, width))[0]! }
  })
  if ('code' in read) return refuted(0, [read])
  const { note, entry, bytes } = read
  const manifest = await decoding('MANIFEST_ENCODING', async () => ({ value: decodeManifest(bytes) }))
  if ('code' in manifest) return refuted(1, [manifest])
  const id = payloadHash(bytes)
  const findings = [
    ...idFindings(entry, id, election),
    ...faultsOf(manifest.value),
    ...signatureFindings(id, manifest.value, entry),
  ]
  if (findings.length > 0) return refuted(1, findings)
  return verdict({ definition: compileDefinition(id, manifest.value), manifest: bytes, note }, 1, [])
}

async function decoding<T extends object>(code: FindingCode, work: () => Promise<T>): Promise<T | Finding> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof DecodeError) return { code, at: error.path, why: error.why }
    if (error instanceof RangeError) return { code, at: checkpointPath, why: error.message }
    throw error
  }
}

function idFindings(entry: Entry, id: string, election: string | undefined): Finding[] {
  const finding = (why: string): Finding => ({ code: 'MANIFEST_ID', at: 'entry 0', why })
  const findings = []
  if (entry.kind !== 'manifest') findings.push(finding(`a ${entry.kind} where the manifest should be`))
  if (entry.payload !== id) findings.push(finding('the entry names another payload than the one beside it'))
  if (election !== undefined && election !== id)
    findings.push(finding(`this is election ${id}, not the published ${election}`))
  return findings
}

const faultsOf = (manifest: Manifest): Finding[] =>
  manifestFaults(manifest).map(({ code, path, why }) => ({ code, at: `manifest.${path}`, why }))

function signatureFindings(id: string, manifest: Manifest, entry: Entry): Finding[] {
  const payload = { kind: 'manifest', value: manifest } as const
  const signed = authoritySignatures(id, manifest, payload, id, entry.signatures, 'entry 0')
  if ('why' in signed) return [{ code: 'MANIFEST_SIGNATURE', at: 'entry 0', why: signed.why }]
  return falseClaims(signed.claims).map(({ at }) => ({
    code: 'MANIFEST_SIGNATURE',
    at,
    why: 'not a signature of this administrator on this manifest',
  }))
}
