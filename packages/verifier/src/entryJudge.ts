// Specification: 10 Following a board
import {
  type Attempt,
  Course,
  type Candidate,
  type Definition,
  type EntryKind,
  type Payload,
  type PlacedAnnouncement,
  announcementOf,
  isEntryKind,
  submission,
} from '@cista/protocol'
import type { BundledEntry } from './bundle.js'
import { deriveOpened, talliedSums } from './derive.js'
import { type Due, dueEntry } from './due.js'
import type { Finding } from './findings.js'
import { type BallotContext, type BallotJob, type ProofPool, inSlices } from './proofs.js'
import { checkSubmission } from './submit.js'
import { embeddedFindings } from './v3Entries.js'
import { type Keys, openedFindings } from './v4Trustees.js'

/** Ballots verified together, as in V6. */
const sliceSize = 32

/** Verifies entries in board order as V3 to V6 and V9 do, each once, as they come. */
export class EntryJudge {
  readonly course: Course
  /** What the administrators have told everybody. */
  readonly announced: PlacedAnnouncement[] = []
  readonly #manifest: Uint8Array
  readonly #rootAt: (size: number) => Uint8Array
  /** When the last entry of each kind was made. */
  readonly #last = new Map<EntryKind, string>()
  /** When each decryption was made. */
  readonly #decrypted: string[] = []
  /** Of the attempt that was confirmed last: nothing of it changes any more. */
  #made: { readonly attempt: Attempt; readonly keys: Keys | undefined } | undefined

  /** @param manifest its bytes. @param rootAt the root of the board's first entries. */
  constructor(definition: Definition, manifest: Uint8Array, rootAt: (size: number) => Uint8Array) {
    this.course = new Course(definition)
    this.#manifest = manifest
    this.#rootAt = rootAt
  }

  /** What the board owes, as far as entries have been judged. */
  get due(): Due | undefined {
    const due = dueEntry(this.course.phase, this.#last, this.#decrypted)
    // Where the dealings cancel out, voting cannot be opened: it is for administrators to restart the ceremony.
    return due?.kind === 'opened' && this.#keys() === undefined ? undefined : due
  }

  /** Those that a confirmed attempt has made. */
  #keys(): Keys | undefined {
    const { attempt } = this.course.phase
    if (this.#made?.attempt !== attempt) this.#made = { attempt, keys: deriveOpened(this.course) }
    return this.#made.keys
  }

  /** What is wrong with the next entry; a ballot's signature and proofs aside. An entry with findings has no effect. */
  judge({ entry, leaf, payload: bytes }: BundledEntry): readonly Finding[] {
    const { index, kind, batchTime, signatures } = entry
    const at = `entry ${index} (${kind})`
    if (!isEntryKind(kind)) return [{ code: 'ENTRY_KIND', at, why: 'no such kind of entry' }]
    // Without a context nothing is said of a ballot's signature and proofs: `ballotFindings` verifies many at once.
    const checked = checkSubmission(this.course, submission(kind, bytes, signatures), undefined)
    if ('findings' in checked) return checked.findings.map((f) => ({ ...f, at: `${at} ${f.at}` }))
    const candidate = { payload: checked.payload, index, batchTime, hash: entry.payload, leaf }
    const refusal = this.course.judge(candidate)
    if (refusal !== undefined) return [{ code: refusal.code, at, why: refusal.why }]
    const findings = this.#derivedFindings(candidate, at)
    if (findings.length > 0) return findings
    this.course.apply(candidate)
    this.#last.set(kind, batchTime)
    if (kind === 'decrypted') this.#decrypted.push(batchTime)
    const announced = announcementOf(checked.payload)
    if (announced !== undefined) this.announced.push({ ...announced, index, at: batchTime })
    return []
  }

  /** Of what is not signed but follows from the record, as much as can be known without all ballots. */
  #derivedFindings(candidate: Candidate, at: string): Finding[] {
    const { definition, phase } = this.course
    const findings = embeddedFindings(definition, phase, candidate, this.#rootAt, at)
    const { payload } = candidate
    if (payload.kind === 'opened') findings.push(...openedFindings(this.#keys(), payload.value, at))
    if (payload.kind === 'tallied' && !areSums(payload))
      findings.push({ code: 'TALLY_SUMS', at, why: 'not the encodings of sums' })
    return findings
  }

  /** What is wrong with the signatures and proofs of those entries that are ballots, in any number. */
  async ballotFindings(entries: readonly BundledEntry[], pool: ProofPool): Promise<Finding[]> {
    const context = this.#context
    if (context === undefined) return []
    const ballots = entries.filter(({ entry }) => entry.kind === 'ballot')
    const answers = await inSlices(ballots, sliceSize, pool.threads, (slice) =>
      pool.checkBallots(context, slice.map(jobOf)),
    )
    return answers.flat().flatMap((own, i) => {
      const at = `entry ${ballots[i]!.entry.index} (ballot)`
      return own.map((f) => ({ ...f, at: `${at} ${f.at}` }))
    })
  }

  get #context(): BallotContext | undefined {
    const { opened } = this.course.phase
    return opened && { manifest: this.#manifest, key: opened.value.key, opening: opened.leaf }
  }
}

const jobOf = ({ payload, entry }: BundledEntry): BallotJob => ({ payload, signatures: entry.signatures })

function areSums({ value }: Extract<Payload, { kind: 'tallied' }>): boolean {
  try {
    talliedSums(value)
    return true
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return false
  }
}
