import {
  type RecordPath,
  encodeEntryBundle,
  encodePayloadBundle,
  formatReceipt,
  hashTiles,
  leafHash,
  parseRecordPath,
  proveInclusion,
  tileWidth,
  utf8,
  widthOf,
} from '@cista/board'
import type { Connection, CredentialHints } from '@cista/client'
import { type Payload, type Submission, announcementOf } from '@cista/protocol'
import { type Finding, type SubmitOutcome, checkSubmission, toPayload } from '@cista/verifier'
import type { Simulation } from './simulation.js'

/** A server of one election, as its voters see it: hints, record, and ballots judged, logged and answered with a receipt. */
export function memoryConnection(simulation: Simulation): Connection {
  const { definition, log, course } = simulation
  const payloadAt = (index: number): Payload => toPayload(definition, log[index]!.kind, log[index]!.bytes)
  const indicesOf = (wanted: (payload: Payload) => boolean): number[] =>
    log.flatMap((_, index) => (wanted(payloadAt(index)) ? [index] : []))
  const last = (indices: readonly number[]): number | null => indices.at(-1) ?? null

  return {
    record: {
      async read(path) {
        const hash = /^payload\/([0-9a-f]{64})$/.exec(path)?.[1]
        if (hash !== undefined) return log.find(({ entry }) => entry.payload === hash)?.bytes.slice()
        return fileOf(path)
      },
    },
    hints: {
      async setup() {
        const { attempt, opened } = course.phase
        return {
          ceremony: indicesOf(
            ({ kind, value }) =>
              kind.startsWith('trustee-') && 'attempt' in value && value.attempt === attempt.number,
          ),
          opened: opened?.index ?? null,
        }
      },
      async phase() {
        const { stage, closes, ended, opened } = course.phase
        return {
          stage: stage === 'empty' ? 'setup' : stage,
          opens: definition.manifest.schedule.opens,
          closes,
          ended: ended ?? null,
          opened: opened?.index ?? null,
        }
      },
      async announced() {
        return indicesOf((payload) => announcementOf(payload) !== undefined)
      },
      async credential(key): Promise<CredentialHints> {
        return {
          roll: last(
            indicesOf(({ kind, value }) => kind === 'roll' && value.credentials.some((c) => c.key === key)),
          ),
          changes: indicesOf(
            ({ kind, value }) => kind === 'roll-changed' && JSON.stringify(value).includes(key),
          ),
          cancelled: last(indicesOf(({ kind, value }) => kind === 'cancelled' && value.credential === key)),
          ballot: course.box.last(key)?.index ?? null,
        }
      },
      async ballot(tracker) {
        return course.ballots.find((b) => b.tracker === tracker)?.index
      },
    },
    async post(s: Submission): Promise<SubmitOutcome> {
      const logged = log.findIndex(({ entry }) => entry.payload === s.hash)
      if (logged >= 0) return answer(logged)
      const checked = checkSubmission(course, s, simulation.ballotElection.context)
      if ('findings' in checked) return refuse(422, checked.findings)
      const refusal = simulation.submit(checked.payload, s.payload, s.signatures)
      if (refusal !== undefined) return refuse(409, [{ at: 'submission', ...refusal }])
      return answer(simulation.size - 1)
    },
  }

  /** Also the narrower bundles and tiles of earlier sizes, which clients ask for while the board grows. */
  function fileOf(path: string): Uint8Array | undefined {
    const parsed = parseRecordPath(path)
    if (parsed?.kind === 'checkpoint') return utf8(simulation.checkpoint())
    if (parsed === undefined || parsed.width > widthOf(levelOf(parsed), parsed.index, simulation.size))
      return undefined
    const { index, width } = parsed
    if (parsed.kind === 'tile') {
      const tiles = hashTiles(log.map((l) => leafHash(l.entryBytes)))
      return tiles.find((t) => t.level === parsed.level && t.index === index)?.hashes.slice(0, 32 * width)
    }
    const rows = log.slice(index * tileWidth, index * tileWidth + width)
    return parsed.kind === 'entries'
      ? encodeEntryBundle(rows.map((l) => l.entryBytes))
      : encodePayloadBundle(rows.map((l) => l.bytes))
  }

  /** Entry and receipt under the checkpoint of now. */
  async function answer(index: number): Promise<SubmitOutcome> {
    const proof = await proveInclusion(await simulation.record(), index, simulation.size)
    return {
      kind: 'logged',
      entry: log[index]!.entryBytes,
      receipt: formatReceipt({ index, proof, checkpoint: simulation.checkpoint() }),
    }
  }

  function refuse(status: number, findings: readonly Finding[]): SubmitOutcome {
    const detail = findings.map(({ why }) => why).join('; ')
    return {
      kind: 'refused',
      problem: {
        type: 'urn:cista:problem:refused',
        title: 'The ballot was refused',
        status,
        detail,
        findings,
      },
    }
  }
}

const levelOf = (path: Exclude<RecordPath, { kind: 'checkpoint' }>): number =>
  path.kind === 'tile' ? path.level : 0
