// Specification: 08 The election key
import type { RecordSource } from '@cista/board'
import { type Attempt, type Definition, Phase } from '@cista/protocol'
import { type Finding, type PlacedEntry, examineRecord } from '@cista/verifier'
import { identityToRecipient } from 'age-encryption'
import { openDealt } from './shares.js'
import { titleOf } from './step.js'

/** Who is at fault in an attempt that a complaint ended. Everybody who has the record comes to the same verdict. */
export interface Judgement {
  readonly attempt: number
  readonly accuser: number
  readonly accused: number
  /** Accuser or accused. */
  readonly guilty: number
  readonly why: string
}
export type Judged =
  | { readonly judgements: readonly Judgement[] }
  | { readonly why: string; readonly findings: readonly Finding[] }

/** Judges every complaint on the record of an election, of earlier attempts too, once V1 to V4 have accepted the record. */
export async function judgeRecord(source: RecordSource, election: string): Promise<Judged> {
  const { report, checked } = await examineRecord(source, { election })
  const { definition, entries } = checked
  const failed = report.checks.slice(0, 4).flatMap(({ findings }) => findings)
  if (failed.length > 0 || definition === undefined || entries === undefined)
    return { why: 'the record itself is not in order', findings: failed }
  const judgements: Judgement[] = []
  for (const attempt of attemptsOf(definition, entries.placed)) {
    const judgement = await judgeAttempt(definition, attempt)
    if (judgement !== undefined) judgements.push(judgement)
  }
  return { judgements }
}

/** Undefined where nobody complained. @param attempt of accepted entries, all of whose dealings are proven. */
async function judgeAttempt(definition: Definition, attempt: Attempt): Promise<Judgement | undefined> {
  const { complaint, number } = attempt
  if (complaint === undefined) return undefined
  const { index: accuser, accused, identity } = complaint
  const sentence = (guilty: number, why: string): Judgement => ({
    attempt: number,
    accuser,
    accused,
    guilty,
    why,
  })
  if ((await recipientOf(identity)) !== attempt.joined.get(accuser)!.recipient)
    return sentence(
      accuser,
      `${titleOf(definition, accuser)} published another age identity than the one it joined with`,
    )
  const opened = await openDealt(attempt, accused, accuser, identity)
  const dealt = `the share that ${titleOf(definition, accused)} dealt to ${titleOf(definition, accuser)}`
  return 'share' in opened
    ? sentence(accuser, `${dealt} is right`)
    : sentence(accused, `${dealt} ${opened.why}`)
}

/** Every attempt, as the entries left it. */
function attemptsOf({ manifest }: Definition, placed: readonly PlacedEntry[]): Set<Attempt> {
  const phase = new Phase(manifest)
  const attempts = new Set<Attempt>()
  for (const entry of placed) {
    phase.apply(entry)
    attempts.add(phase.attempt)
  }
  return attempts
}

async function recipientOf(identity: string): Promise<string | undefined> {
  try {
    return await identityToRecipient(identity)
  } catch {
    return undefined
  }
}
