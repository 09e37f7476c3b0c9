import { toTimestamp } from '@cista/board'
import type { Course } from '@cista/protocol'
import { Failure } from '@cista/terminal'
import {
  type Step,
  type TrusteeState,
  type VerifiedTally,
  prepareConfirm,
  prepareDeal,
  prepareDecryption,
  prepareJoin,
  standingOf,
  tooLateToOpen,
} from '@cista/trustee'
import { type Finding, type Progress, followRecord } from '@cista/verifier'
import type { Session } from './session.js'
import type { StateFile } from './stateFile.js'

type Prepare = (course: Course, state: TrusteeState) => Promise<Step>
export type Say = (line: string) => void

const preparations = { join: prepareJoin, deal: prepareDeal, confirm: prepareConfirm } as const
export type CeremonyStep = keyof typeof preparations
export const ceremonySteps = Object.keys(preparations) as CeremonyStep[]

/** Follows the record, prepares the step, saves, posts; with `wait`, again until the step has become possible. */
export function takeCeremonyStep(
  session: Session,
  file: StateFile,
  prepare: CeremonyStep | Prepare,
  { wait, say }: { readonly wait: boolean; readonly say: Say },
): Promise<void> {
  const preparation = typeof prepare === 'string' ? preparations[prepare] : prepare
  const { source, definition } = session
  return untilPossible(session, wait, say, async () => {
    const course = await followRecord(source, definition.id)
    const late = tooLateToOpen(course, timeNow())
    if (late !== undefined) throw new Failure(late)
    return finish(session, file, await preparation(course, file.state), say)
  })
}

/** Join, deal and confirm, each when it is possible, and anew after a restart, until the own confirmation is on the board. */
export async function takeWholeCeremony(
  session: Session,
  file: StateFile,
  { wait, say }: { readonly wait: boolean; readonly say: Say },
): Promise<void> {
  const { source, definition } = session
  await untilPossible(session, wait, say, async () => {
    for (;;) {
      const course = await followRecord(source, definition.id)
      const { next, index, stage, complaint } = standingOf(course, file.state, timeNow())
      const { action, text } = next
      const { confirmed } = course.phase.attempt
      const step = ceremonySteps.find((name) => name === action)
      if (step === undefined) {
        if (action !== 'wait') throw new Failure(text)
        if (stage !== 'setup' || (index !== undefined && confirmed.has(index) && complaint === undefined)) {
          say(`nothing more to do now: ${text}`)
          return undefined
        }
        return text
      }
      const why = await finish(session, file, await preparations[step](course, file.state), say)
      if (why !== undefined) return why
    }
  })
}

/** @param agree is shown what verified before anything is released, and decides; it may throw a `Failure`. */
export async function takeDecryption(
  session: Session,
  file: StateFile,
  {
    wait,
    say,
    progress,
    agree,
  }: {
    readonly wait: boolean
    readonly say: Say
    readonly progress: Progress
    readonly agree: (verified: VerifiedTally) => boolean
  },
): Promise<void> {
  const { source, definition } = session
  if (wait) await session.tallied()
  await untilPossible(session, wait, say, async () => {
    let left = false
    const step = await prepareDecryption(source, definition.id, file.state, {
      now: Date.now() / 1000,
      progress,
      agree(verified) {
        left = !agree(verified)
        return !left
      },
    })
    if (left) {
      say('checked only: nothing was decrypted')
      return undefined
    }
    const why = await finish(session, file, step, say)
    if (step.kind === 'ready')
      say(
        `${file.path} has changed: put it in the place of every copy. An older one could decrypt a second tally.`,
      )
    return why
  })
}

/** @param attempt resolves to why it is too early, or to undefined when all is done. */
async function untilPossible(
  session: Session,
  wait: boolean,
  say: Say,
  attempt: () => Promise<string | undefined>,
): Promise<void> {
  for (let said = ''; ; ) {
    const hint = wait ? await session.hint() : undefined
    const why = await attempt()
    if (why === undefined) return
    if (hint === undefined) throw new Failure(`too early: ${why}`)
    if (why !== said) say(`waiting: ${why}`)
    said = why
    await session.changed(hint)
  }
}

/** Why it is too early, if so. The state is saved before anything is released. */
async function finish(session: Session, file: StateFile, step: Step, say: Say): Promise<string | undefined> {
  switch (step.kind) {
    case 'ready':
      if (step.state !== file.state) await file.save(step.state)
      await session.post(step.submission)
      say(`${step.submission.kind}: on the board, receipt verified`)
      return undefined
    case 'done':
      say(`nothing to do: ${step.why}`)
      return undefined
    case 'early':
      return step.why
    case 'fault':
      throw new Failure(`${step.why}. Do not confirm: run “cista-trustee complain --against ${step.dealer}”`)
    case 'refused':
      throw new Failure(step.why, step.findings.map(lineOf))
  }
}

/** This machine's time, as entries have it. */
export const timeNow = (): string => toTimestamp(Math.floor(Date.now() / 1000))

export const lineOf = ({ at, why, code }: Finding): string => `${at}: ${why} (${code})`
