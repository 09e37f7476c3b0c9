// Specification: 09 Verdict
import type { RecordSource } from '@cista/board'
import type { Count, Definition } from '@cista/protocol'
import type { CheckId } from './checklist.js'
import { type Checked, type Progress, type Verdict, verdict } from './findings.js'
import { type BallotContext, type ProofPool, localPool } from './proofs.js'
import { type Report, nameResults, reportChecks } from './report.js'
import { checkManifest } from './v1Manifest.js'
import { checkResult } from './v10Result.js'
import { type Board, checkBoard } from './v2Board.js'
import { type Entries, checkEntries } from './v3Entries.js'
import { type Keys, checkTrustees } from './v4Trustees.js'
import { type RollHistory, checkRoll } from './v5Roll.js'
import { type Ballots, checkBallotEntries } from './v6Ballots.js'
import { checkCount } from './v7Count.js'
import { type Tally, checkTally } from './v8Tally.js'
import { type PartialDecryption, checkDecryptions } from './v9Decryption.js'

export interface ExamineOptions {
  /** The published election id. Without it a wholly forged election verifies, under another id: compare the report's. */
  readonly election?: string
  /** A checkpoint's note from before: the record must be of the same history. */
  readonly earlier?: string
  /** Where the mathematics runs; in the calling thread if not said. */
  readonly pool?: ProofPool
  readonly progress?: Progress
  /** Seconds, of any origin; for `Report.seconds`. */
  readonly clock?: () => number
}

/** What the checks have accepted; absent where a check failed, did not run, or has nothing yet to accept. */
export interface CheckedParts {
  readonly definition?: Definition
  readonly manifest?: Uint8Array
  readonly board?: Checked<Board>
  readonly entries?: Checked<Entries>
  readonly keys?: Checked<Keys>
  readonly roll?: Checked<RollHistory>
  readonly ballots?: Checked<Ballots>
  readonly count?: Checked<Count>
  readonly tally?: Checked<Tally>
  readonly decryptions?: Checked<readonly PartialDecryption[]>
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Verifies a record, V1 to V10. Each check consumes what those before it have accepted; where one fails, those that need its output
 * are not run.
 * @throws {RecordUnavailable} where there is no record; rejects as the source does where it cannot be read.
 */
export async function examineRecord(
  source: RecordSource,
  options: ExamineOptions = {},
): Promise<{ readonly report: Report; readonly checked: CheckedParts }> {
  const clock = options.clock ?? (() => 0)
  const started = clock()
  const verdicts = new Map<CheckId, Verdict<unknown>>()
  const checked: Mutable<CheckedParts> = {}
  let report: Mutable<Report> = {
    verdict: 'unfinished',
    election: null,
    checks: [],
    results: [],
    ballots: null,
    seconds: 0,
  }
  await run()
  report = { ...report, checks: reportChecks(verdicts), seconds: clock() - started }
  const failed = report.checks.some(({ status }) => status === 'failed')
  const complete = report.checks.every(({ status }) => status === 'passed')
  return {
    report: { ...report, verdict: failed ? 'refuted' : complete ? 'verified' : 'unfinished' },
    checked,
  }

  async function run(): Promise<void> {
    const pool = options.pool ?? localPool
    const opening = await check('V1', () => checkManifest(source, options.election))
    if (opening === undefined) return
    const { definition, manifest } = opening
    checked.definition = definition
    checked.manifest = manifest
    report.election = definition.id
    const board = await check('V2', (step) => checkBoard(source, opening, options.earlier, step))
    if (board === undefined) return
    checked.board = board
    const entries = await check('V3', (step) => checkEntries(definition, board, step))
    if (entries === undefined) return
    checked.entries = entries
    const { opened, tallied } = entries.phase
    const aborted = entries.placed.at(-1)?.payload
    if (aborted?.kind === 'aborted') report.aborted = aborted.value.reason

    const keys = present(await check('V4', (step) => checkTrustees(definition, entries, step)))
    if (keys !== undefined) checked.keys = keys
    const roll = await check('V5', (step) => checkRoll(definition, entries, step))
    if (roll !== undefined) checked.roll = roll
    if (opened === undefined) return notReached(['V6', 'V7', 'V8', 'V9', 'V10'])
    if (keys === undefined || roll === undefined) return
    const context: BallotContext = { manifest, key: keys.key, opening: opened.leaf }
    const ballots = await check('V6', (step) =>
      checkBallotEntries(definition, board, entries, roll, context, pool, step),
    )
    if (ballots === undefined) return
    checked.ballots = ballots
    const count = await check('V7', () => checkCount(definition, entries, roll, ballots))
    if (count === undefined) return
    checked.count = count
    report.ballots = { cast: ballots.cast.length, ...count.totals }
    if (tallied === undefined) return notReached(['V8', 'V9', 'V10'])
    const tally = await check('V8', (step) =>
      checkTally(definition, board, entries, ballots, count, pool, step),
    )
    if (tally === undefined) return
    checked.tally = tally
    const decryptions = await check('V9', () => checkDecryptions(definition, entries, keys, tally))
    if (decryptions === undefined) return
    checked.decryptions = decryptions
    const results = await check('V10', () => checkResult(definition, entries, tally, decryptions))
    if (results !== undefined) report.results = nameResults(definition, results)
  }

  async function check<T>(
    id: CheckId,
    work: (step: (done: number, total: number) => void) => Verdict<T> | Promise<Verdict<T>>,
  ): Promise<Checked<T> | undefined> {
    const result = await work((done, total) => options.progress?.({ check: id, done, total }))
    verdicts.set(id, result)
    return result.value
  }

  function notReached(ids: readonly CheckId[]): void {
    for (const id of ids) verdicts.set(id, verdict(undefined, 0, [], false))
  }
}

const present = <T>(value: Checked<T | undefined> | undefined): Checked<T> | undefined =>
  value as Checked<T> | undefined

export async function verifyRecord(source: RecordSource, options: ExamineOptions = {}): Promise<Report> {
  return (await examineRecord(source, options)).report
}
