import { payloadHash } from '@cista/board'
import {
  type BallotContext,
  type ProofPool,
  deriveOpened,
  deriveResult,
  deriveTallied,
} from '@cista/verifier'
import { type EntryKind, type Payload, encodePayload, type PayloadOf } from '@cista/protocol'
import type { LiveElection } from './live.js'
import type { Store } from './store.js'

export type DerivedKind = 'opened' | 'closed' | 'tallied' | 'result'

/** The entry that follows from the record and the time, if one is due. */
export function dueKind({ course }: LiveElection, batchTime: string): DerivedKind | undefined {
  const { phase, definition } = course
  const { manifest } = definition
  switch (phase.stage) {
    case 'setup':
      return phase.sealed &&
        phase.ceremonyDone &&
        batchTime >= manifest.schedule.opens &&
        batchTime < phase.closes
        ? 'opened'
        : undefined
    case 'open':
      return phase.closeRequested || batchTime >= phase.closes ? 'closed' : undefined
    case 'closed':
      return phase.reconciled || !manifest.paper ? 'tallied' : undefined
    case 'tallied':
      return phase.published === 0 || phase.decrypted.size >= manifest.threshold ? 'result' : undefined
    case 'empty':
    case 'ended':
      return undefined
  }
}

/**
 * Its payload; undefined where there is none yet: `tallied` while it is being computed, `opened` where the dealings cancel out and the
 * administrators must restart the ceremony.
 * @param note the published head over all entries so far.
 */
export function derive(live: LiveElection, kind: DerivedKind, note: string): Payload | undefined {
  const { course } = live
  switch (kind) {
    case 'opened': {
      const keys = deriveOpened(course)
      return keys && { kind, value: { checkpoint: note, key: keys.key, trustees: [...keys.trustees] } }
    }
    case 'closed':
      return { kind, value: { ballots: course.phase.ballots, checkpoint: note, entries: live.size } }
    case 'tallied':
      return typeof live.tallied === 'object' ? { kind, value: live.tallied } : undefined
    case 'result':
      return { kind, value: deriveResult(course, live.decryptions) }
  }
}

/** Adds up all counted ballots, which cannot change any more; other entries may still be made meanwhile. */
export function tally(live: LiveElection, store: Store, pool: ProofPool): Promise<PayloadOf<'tallied'>> {
  const payloadAt = async (index: number): Promise<Uint8Array> => {
    const [stored] = await store.entries(live.definition.id, index, index + 1)
    if (stored === undefined) throw new Error(`entry ${index} is missing`)
    return stored.payload
  }
  return deriveTallied(live.course, live.manifest, payloadAt, pool)
}

/** What ballots are verified against; undefined before voting. */
export function ballotContext({ manifest, course }: LiveElection): BallotContext | undefined {
  const { opened } = course.phase
  return opened && { manifest, key: opened.value.key, opening: opened.leaf }
}

export function encodeDerived(live: LiveElection, { kind, value }: Payload) {
  const payload = encodePayload(live.definition.codecs, kind as EntryKind, value as never)
  return { kind, payload, hash: payloadHash(payload), signatures: [] }
}
