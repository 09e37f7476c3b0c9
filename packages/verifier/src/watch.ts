// Specification: 10 Following a board
import {
  type Checkpoint,
  DecodeError,
  type RecordSource,
  checkpointPath,
  decodeText,
  openCheckpoint,
  tileWidth,
} from '@cista/board'
import type { Definition } from '@cista/protocol'
import { readBundle } from './bundle.js'
import { Comparison } from './comparison.js'
import { judgeContinuation } from './continuation.js'
import { EntryJudge } from './entryJudge.js'
import { owedFor } from './due.js'
import { verifyRecord } from './examine.js'
import type { Finding, Step } from './findings.js'
import { Unreachable } from './http.js'
import { type ProofPool, localPool } from './proofs.js'
import type { Report } from './report.js'
import { TileTree } from './tileTree.js'
import { unopened } from './unopened.js'
import { RecordUnavailable, checkManifest } from './v1Manifest.js'
import { policyOf } from './v2Board.js'
import { type SeenCheckpoint, Told, type WatchEvent } from './watchEvents.js'

export interface WatchOptions {
  /** The published election id. */
  readonly election: string
  /** Seconds since 1970. */
  readonly clock: () => number
  /** Seconds, beside the manifest's tolerance, after which what does not come is told. */
  readonly stall: number
  /** The last checkpoint that was verified, by a watch before this one. */
  readonly kept?: string | undefined
  /** Where ballots' proofs are verified; in the calling thread if not said. */
  readonly pool?: ProofPool
  /** Entries verified, of how many. */
  readonly progress?: Step
}

interface Followed {
  readonly definition: Definition
  readonly judge: EntryJudge
  readonly comparison: Comparison
}

/**
 * Follows one election's board: verifies what is new, and that it continues what was seen before, here and by others. The first round verifies
 * from the start. Rounds must not overlap.
 */
export class Watch {
  readonly #options: WatchOptions
  readonly #pool: ProofPool
  #followed: Followed | undefined
  #tree = TileTree.empty
  /** The note that the tree is under. */
  #note = ''
  /** How many of its entries have been judged, and told. */
  #judged = 0
  #told = 0
  /** Of the entries that have not been told. */
  #kinds: Record<string, number> = {}
  /** What the watch before this one has seen, until the board is known to continue it. */
  #kept: string | undefined
  #examine = false
  /** When the record was first found to be replaced while it was read whole, since it was read whole the last time. */
  #replaced: number | undefined
  #answered: number
  #events: WatchEvent[] = []
  readonly #said = new Told()

  constructor(options: WatchOptions) {
    this.#options = options
    this.#pool = options.pool ?? localPool
    this.#kept = options.kept
    this.#answered = options.clock()
  }

  /** The election, once its manifest was verified. */
  get definition(): Definition | undefined {
    return this.#followed?.definition
  }

  /** The last checkpoint whose every entry was judged and that continues the kept one: what the next watch should be given. */
  get checkpoint(): string | undefined {
    if (this.#kept !== undefined) return this.#kept
    return this.#told > 0 && this.#told === this.#tree.size ? this.#note : undefined
  }

  /**
   * One round. What is wrong is told once, however long it stays so, and again if it comes again; a fork is for ever.
   * @param others checkpoints that others have seen lately.
   * @throws {DecodeError} where `kept` is no checkpoint of this board.
   */
  async step(source: RecordSource, others: readonly SeenCheckpoint[] = []): Promise<WatchEvent[]> {
    const now = this.#options.clock()
    this.#events = []
    try {
      await this.#round(source)
      this.#answered = now
    } catch (error) {
      if (!(error instanceof Unreachable) && !(error instanceof RecordUnavailable)) throw error
      this.#tell({ kind: 'unreachable', why: error.message })
      if (now - this.#answered >= this.#options.stall) this.#tell({ kind: 'silent', since: this.#answered })
    }
    if (this.#followed !== undefined) {
      const { definition, judge, comparison } = this.#followed
      const found = comparison.compare(others, this.#tree, this.#note, now)
      const { due } = judge
      if (due !== undefined && owedFor(due, now) >= definition.manifest.tolerance + this.#options.stall)
        found.push({ kind: 'overdue', due })
      for (const event of found) this.#tell(event)
      this.#said.over(['withheld', 'overdue'], found)
    }
    return this.#events
  }

  #tell(event: WatchEvent): void {
    if (this.#said.add(event)) this.#events.push(event)
  }

  async #round(source: RecordSource): Promise<void> {
    const note = await readNote(source)
    const followed = (this.#followed ??= await this.#open(source, note))
    if (followed === undefined || !(await this.#take(source, followed, note))) return
    this.#compareKept(followed)
    if (!(await this.#judgeNew(source, followed))) return
    if (this.#kept === undefined) this.#said.over(['rolled-back', 'second-key', 'bad-record'], this.#events)
    if (this.#told < this.#judged)
      this.#tell({
        kind: 'grew',
        from: this.#told,
        to: this.#judged,
        kinds: this.#kinds,
        announced: followed.judge.announced.filter(({ index }) => index >= this.#told),
        note: this.#note,
      })
    this.#told = this.#judged
    this.#kinds = {}
    // Sums, decryptions and totals are verified with all ballots: once when they are there, and once at the end.
    if (!this.#examine) return
    const options = { election: this.#options.election, earlier: this.#note, pool: this.#pool }
    const report = await verifyRecord(source, options)
    if (isOfFiles(report) && (await this.#putOff(source))) {
      this.#tell({ kind: 'unreachable', why: replacedWhileRead })
      return
    }
    this.#examine = false
    this.#replaced = undefined
    this.#tell({ kind: 'examined', ended: followed.judge.course.phase.ended !== undefined, report })
  }

  /** Whether files may have been replaced while the whole record was read, so that it is read again; but not for ever. */
  async #putOff(source: RecordSource): Promise<boolean> {
    const now = this.#options.clock()
    this.#replaced ??= now
    return now - this.#replaced < this.#options.stall && (await readNote(source)) !== this.#note
  }

  async #open(source: RecordSource, note: string): Promise<Followed | undefined> {
    const { value, findings } = await checkManifest(source, this.#options.election)
    if (value === undefined) {
      await this.#blame(source, note, findings)
      return undefined
    }
    const { definition, manifest } = value
    const policy = policyOf(definition)
    if (this.#kept !== undefined) openCheckpoint(this.#kept, policy, 'kept checkpoint')
    return {
      definition,
      judge: new EntryJudge(definition, manifest, (size) => this.#tree.rootAt(size)),
      comparison: new Comparison(policy, this.#options.stall),
    }
  }

  /** Takes the checkpoint if the board's files prove that it continues the last one. @returns whether it was taken. */
  async #take(source: RecordSource, { definition }: Followed, note: string): Promise<boolean> {
    let later: Checkpoint
    try {
      later = openCheckpoint(note, policyOf(definition)).checkpoint
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#tell(unopened(note, definition, error))
      return false
    }
    const before = { size: this.#tree.size, root: this.#tree.rootAt(this.#tree.size) }
    const pair = { ours: this.#note, theirs: note }
    if (later.size > before.size) {
      const { value: tree, findings } = await this.#tree.grown(source, later)
      if (tree === undefined) {
        const forked = before.size > 0 && (await judgeContinuation(source, before, later)).kind === 'forked'
        if (forked) this.#tell({ kind: 'forked', by: 'the board', ...pair })
        else await this.#blame(source, note, findings)
        return false
      }
      this.#tree = tree
    } else if (!this.#tree.continues(later)) {
      this.#tell({ kind: 'forked', by: 'the board', ...pair })
      return false
    } else if (later.size < before.size) {
      this.#tell({ kind: 'rolled-back', ...pair })
      return false
    }
    this.#note = note
    return true
  }

  /** Hosts of static files may take away what belongs to an older checkpoint while it is read: that is nobody's fault. */
  async #blame(source: RecordSource, note: string, findings: readonly Finding[]): Promise<void> {
    if ((await readNote(source)) !== note) throw new Unreachable(replacedWhileRead)
    this.#tell({ kind: 'bad-record', findings })
  }

  #compareKept({ definition }: Followed): void {
    if (this.#kept === undefined) return
    const { checkpoint } = openCheckpoint(this.#kept, policyOf(definition))
    const pair = { ours: this.#kept, theirs: this.#note }
    if (checkpoint.size > this.#tree.size) this.#tell({ kind: 'rolled-back', ...pair })
    else if (this.#tree.continues(checkpoint)) this.#kept = undefined
    else this.#tell({ kind: 'forked', by: 'the board', ...pair })
  }

  /** @returns whether all entries have been judged. */
  async #judgeNew(source: RecordSource, { definition, judge }: Followed): Promise<boolean> {
    const { size } = this.#tree
    while (this.#judged < size) {
      const n = Math.floor(this.#judged / tileWidth)
      const { value: bundle, findings } = await readBundle(source, definition, this.#tree, n)
      if (bundle === undefined) {
        await this.#blame(source, this.#note, findings)
        return false
      }
      const fresh = bundle.slice(this.#judged - n * tileWidth)
      const wrong = fresh.flatMap((entry) => judge.judge(entry))
      for (const { entry } of fresh) {
        this.#kinds[entry.kind] = (this.#kinds[entry.kind] ?? 0) + 1
        this.#examine ||= ['tallied', 'result', 'aborted'].includes(entry.kind)
      }
      this.#judged += fresh.length
      wrong.push(...(await judge.ballotFindings(fresh, this.#pool)))
      if (wrong.length > 0) this.#tell({ kind: 'bad-record', findings: wrong })
      this.#options.progress?.(this.#judged, size)
    }
    return true
  }
}

const replacedWhileRead = 'the record changed while it was read'

/**
 * Whether a record is refuted because its files do not fit together, as when some have taken the place of others. Where they fit, what is wrong
 * is what the board has signed, whatever it shows now: so it is from V3 on, and where it contradicts an earlier checkpoint.
 */
const isOfFiles = ({ checks }: Report): boolean => {
  const findings = checks.flatMap((check) => (['V1', 'V2'].includes(check.id) ? check.findings : []))
  return findings.length > 0 && !findings.some(({ code }) => code === 'BOARD_EARLIER')
}

/** @throws {RecordUnavailable} where there is none. @throws {Unreachable} where it is no text. */
async function readNote(source: RecordSource): Promise<string> {
  const bytes = await source.read(checkpointPath)
  if (bytes === undefined) throw new RecordUnavailable('there is no file “checkpoint”')
  try {
    return decodeText(bytes, checkpointPath)
  } catch (error) {
    throw new Unreachable((error as Error).message)
  }
}
