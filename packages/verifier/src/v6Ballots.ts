// Specification: 09 V6 Ballots
import { BallotBox, type CastBallot, type Definition, Roll } from '@cista/protocol'
import { type Checked, type Finding, type Step, type Verdict, verdict } from './findings.js'
import { type BallotContext, type BallotJob, type ProofPool, inSlices } from './proofs.js'
import type { Board } from './v2Board.js'
import type { Entries } from './v3Entries.js'
import type { RollHistory } from './v5Roll.js'

/** Ballots verified together: large enough for the batch to pay, small enough to show progress. */
const sliceSize = 32

export interface Ballots {
  readonly cast: readonly CastBallot[]
  readonly box: BallotBox
  readonly context: BallotContext
}

/** V6. Every ballot: credential on the roll then, style, `replaces`, revision limit, signature, every proof. */
export async function checkBallotEntries(
  definition: Definition,
  board: Checked<Board>,
  { placed }: Checked<Entries>,
  history: Checked<RollHistory>,
  context: BallotContext,
  pool: ProofPool,
  step: Step,
): Promise<Verdict<Ballots>> {
  const findings: Finding[] = []
  const roll = new Roll(definition)
  const rollEntries = new Map(history.entries.map((entry) => [entry.index, entry]))
  const box = new BallotBox(definition.manifest.revisions)
  const cast: CastBallot[] = []
  const jobs: (BallotJob & { readonly at: string })[] = []
  for (const { payload, index, hash } of placed) {
    const rolled = rollEntries.get(index)
    if (rolled !== undefined) roll.apply(rolled.payload as Parameters<Roll['apply']>[0])
    if (payload.kind !== 'ballot') continue
    const at = `entry ${index} (ballot)`
    const refusal = box.judge(payload.value, roll)
    if (refusal !== undefined) findings.push({ code: refusal.code, at, why: refusal.why })
    const { credential, style } = payload.value
    const ballot = { index, tracker: hash, credential, style }
    if (refusal === undefined) box.apply(ballot)
    cast.push(ballot)
    jobs.push({ at, payload: board.payloads[index]!, signatures: board.entries[index]!.entry.signatures })
  }
  let done = 0
  const answers = await inSlices(jobs, sliceSize, pool.threads, async (slice) => {
    const answer = await pool.checkBallots(
      context,
      slice.map(({ payload, signatures }) => ({ payload, signatures })),
    )
    step((done += slice.length), jobs.length)
    return answer
  })
  answers.flat().forEach((own, i) => {
    for (const { code, at, why } of own) findings.push({ code, at: `${jobs[i]!.at} ${at}`, why })
  })
  if (answers.flat().length !== jobs.length) throw new Error('the pool did not answer for every ballot')
  return verdict({ cast, box, context }, jobs.length, findings)
}
