// Specification: 02 Canonical JSON · 06 Fields
import { DecodeError, decodeDocument, parseVerifierKey, payloadHash } from '@cista/board'
import type { BallotForm } from './forms/form.js'
import { ballotForm } from './forms/index.js'
import { limits } from './limits.js'
import { type Manifest, manifestCodec } from './manifest.js'
import { manifestFaults } from './manifestFaults.js'
import { type PayloadCodecs, payloadCodecs } from './payloads.js'

/** A manifest without faults, with all that follows from it alone. */
export interface Definition {
  /** SHA-256 of the manifest, hex. */
  readonly id: string
  readonly manifest: Manifest
  /** Name of the board key. */
  readonly origin: string
  /** The form of each contest, in the manifest's order. */
  readonly forms: readonly BallotForm[]
  /** By style: positions in `manifest.contests` of the contests it shows, in the style's order. */
  readonly styles: ReadonlyMap<string, readonly number[]>
  /** Units in the manifest's order, with the position of their contest. */
  readonly units: readonly {
    readonly id: string
    readonly contest: number
    readonly styles: ReadonlySet<string>
  }[]
  readonly codecs: PayloadCodecs
}

/**
 * @throws {DecodeError} unless the bytes are a canonical manifest; use `manifestFaults` for what else may be wrong.
 */
export function decodeManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > limits.payloadBytes.manifest)
    throw new DecodeError('manifest', `longer than ${limits.payloadBytes.manifest} bytes`)
  return decodeDocument(manifestCodec, bytes, 'manifest')
}

/** @throws {DecodeError} on bytes that are no manifest, and with the first of its faults. */
export function defineElection(bytes: Uint8Array): Definition {
  const manifest = decodeManifest(bytes)
  const [fault] = manifestFaults(manifest)
  if (fault !== undefined) throw new DecodeError(`manifest.${fault.path}`, fault.why)
  return compileDefinition(payloadHash(bytes), manifest)
}

/** @param id SHA-256 of the manifest's bytes. @param manifest one without faults. */
export function compileDefinition(id: string, manifest: Manifest): Definition {
  const forms = manifest.contests.map(ballotForm)
  const position = new Map(manifest.contests.map((contest, i) => [contest.id, i]))
  const at = (contest: string) => position.get(contest)!
  const styles = new Map(manifest.styles.map((style) => [style.id, style.contests.map(at)]))
  const units = manifest.units.map((unit) => ({
    id: unit.id,
    contest: at(unit.contest),
    styles: new Set(unit.styles),
  }))
  const origin = parseVerifierKey(manifest.board).name
  const codecs = payloadCodecs(id, manifest, forms, styles)
  return { id, manifest, origin, forms, styles, units, codecs }
}
