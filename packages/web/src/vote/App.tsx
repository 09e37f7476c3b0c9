import { useEffect, useRef, useState } from 'preact/hooks'
import { choiceIn, contestsOf } from '@cista/client'
import type { EngineCalls } from '../engine/start.js'
import type { SealedView } from '../engine/views.js'
import { Failed } from '../parts/Failed.js'
import { Frame } from '../parts/Frame.js'
import { Title } from '../parts/Title.js'
import { useTexts } from '../text/texts.js'
import { type FailureView, failureOf } from '../worker/call.js'
import { Cast } from './Cast.js'
import { CodeStep } from './CodeStep.js'
import { ContestStep } from './ContestStep.js'
import { Decide } from './Decide.js'
import { type Flow, type Step, stepBefore } from './flow.js'
import { type Kept, keep, kept } from './kept.js'
import { NotCast } from './NotCast.js'
import { Review } from './Review.js'
import { Shut } from './Shut.js'
import { TestStep } from './TestStep.js'
import { useBack } from './useBack.js'
import { Welcome } from './Welcome.js'

interface AppProps {
  readonly engine: EngineCalls
  readonly server: string
  readonly id: string
  /** From the invitation's link; empty if there was none. */
  readonly code: string
}

/** A voter's way from the code to the receipt. */
export function App({ engine, server, id, code }: AppProps) {
  const { t, whole } = useTexts()
  const [flow, setFlow] = useState<Flow>({ step: { at: 'opening' }, choices: {}, reloaded: false })
  const { step, election, voter } = flow
  const go = (next: Step, more: Partial<Flow> = {}) => setFlow((now) => ({ ...now, ...more, step: next }))

  const typed = useRef<string>(undefined)

  async function open() {
    let was = kept(id)
    let sealed: SealedView | undefined
    go({ at: was === undefined || was.stage === 'choosing' ? 'opening' : 'finding-out' })
    try {
      sealed = await sealedOf(was)
      if (was !== undefined && 'file' in was && sealed === undefined) was = undefined
      const found = await engine.open(server, id)
      const more = { election: found, reloaded: was?.stage === 'choosing' && code === '' }
      // Somebody else may have opened their own link in this tab: what is kept here is not theirs.
      if (was !== undefined && was.stage !== 'choosing' && code !== '' && found.opened) {
        const voter = await engine.identify(code)
        if (voter.kind !== 'voter' || voter.credential !== was.credential) was = undefined
      }
      if (was?.stage === 'cast') {
        // Whatever else could write into this storage: only what verifies is shown.
        const receipt = await engine.recall(was.receipt).catch(() => undefined)
        if (receipt !== undefined) return go({ at: 'cast', receipt }, more)
      }
      if (was?.stage === 'sent' && sealed !== undefined) {
        go({ at: 'sending', sealed }, more)
        return await send(sealed)
      }
      if (found.phase !== 'open') return go({ at: 'shut' }, more)
      if (was?.stage === 'sealed' && sealed !== undefined)
        return go({ at: 'decide', sealed, testable: false }, more)
      go({ at: 'code' }, more)
      // What was typed meanwhile, and be it nothing, else what the invitation's link says.
      const given = typed.current ?? (code === '' ? undefined : code)
      if (given !== undefined) await identify(given)
    } catch (error) {
      const failure = failureOf(error)
      // What was sent before may be on the board, whatever cannot be reached now.
      if (was?.stage === 'sent') {
        const { credential, file } = was
        go(unknown(sealed ?? { credential, tracker: '', file }, failure))
      } else go({ at: 'failed', failure })
    }
  }
  /** The ballot that is kept; undefined where there is none, or something else in its place. */
  async function sealedOf(was: Kept | undefined): Promise<SealedView | undefined> {
    if (was === undefined || !('file' in was)) return undefined
    const { credential, file } = was
    try {
      return { credential, tracker: await engine.trackerOfFile(file), file }
    } catch (error) {
      if (failureOf(error).kind === 'untrusted') return undefined
      throw error
    }
  }
  useEffect(() => void open(), [])

  async function identify(given: string) {
    typed.current = undefined
    go({ at: 'code', busy: true })
    try {
      const found = await engine.identify(given)
      if (found.kind === 'refused') return go({ at: 'code', fault: found.fault })
      keep(id, { stage: 'choosing' })
      go({ at: 'welcome' }, { voter: found, choices: {}, reloaded: false })
    } catch (error) {
      go({ at: 'code', failure: failureOf(error) })
    }
  }

  async function seal() {
    go({ at: 'sealing' })
    try {
      const sealed = await engine.seal(flow.choices)
      const { credential, file } = sealed
      keep(id, { stage: 'sealed', credential, file })
      go({ at: 'decide', sealed, testable: true })
    } catch (error) {
      go({ at: 'failed', failure: failureOf(error) })
    }
  }

  async function cast(sealed: SealedView) {
    const { credential, file } = sealed
    keep(id, { stage: 'sent', credential, file })
    // From here on nobody needs the choices.
    go({ at: 'sending', sealed }, { choices: {} })
    await send(sealed)
  }

  async function send(sealed: SealedView) {
    try {
      const outcome = await engine.cast(sealed.file)
      if (outcome.kind !== 'cast') {
        if (outcome.kind === 'refused') keep(id, undefined)
        return go({ at: 'not-cast', sealed, outcome })
      }
      const { kind: _, ...receipt } = outcome
      keep(id, { stage: 'cast', credential: sealed.credential, receipt: receipt.receipt })
      go({ at: 'cast', receipt })
    } catch (error) {
      go(unknown(sealed, failureOf(error)))
    }
  }

  async function again(sealed: SealedView) {
    if (election === undefined) return open()
    go({ at: 'sending', sealed })
    try {
      // The worker that knew the election may be no more.
      await engine.open(server, id)
    } catch (error) {
      return go(unknown(sealed, failureOf(error)))
    }
    await send(sealed)
  }

  async function reveal(sealed: SealedView) {
    try {
      // A tested ballot must never be cast: it is forgotten before anybody can see how it was made.
      keep(id, { stage: 'choosing' })
      go({ at: 'test', sealed, reveal: await engine.reveal() }, { choices: {} })
    } catch (error) {
      go({ at: 'failed', failure: failureOf(error) })
    }
  }

  /** Looks whether voting has opened meanwhile, or never will; whatever fails, the next look may bring more. */
  async function look() {
    const { phase } = await engine.open(server, id)
    if (phase !== election?.phase) await open()
  }

  function leave() {
    keep(id, undefined)
    location.reload()
  }

  const back = stepBefore(flow)
  const goBack = back && (() => go(back))
  useBack(!['opening', 'finding-out', 'code'].includes(step.at), goBack)

  function shown() {
    // The sentences for what comes after encrypting follow while the voter chooses.
    if (!whole && afterwards.includes(step.at)) return <Title key="later" text={t('opening')} class="busy" />
    switch (step.at) {
      case 'opening':
        return (
          <CodeStep
            key="code"
            busy={typed.current !== undefined || code !== ''}
            reloaded={code === '' && kept(id)?.stage === 'choosing'}
            give={async (given) => {
              typed.current = given
              go({ at: 'opening' })
            }}
          />
        )
      case 'finding-out':
      case 'sealing':
      case 'sending':
        return <Title key={step.at} text={t(step.at === 'finding-out' ? 'opening' : step.at)} class="busy" />
      case 'failed':
        return <Failed failure={step.failure} retry={() => void open()} />
      case 'shut':
        return <Shut election={election!} look={() => void look().catch(() => undefined)} />
      case 'code':
        return <CodeStep key="code" {...step} reloaded={flow.reloaded} give={identify} />
      case 'welcome':
        return <Welcome election={election!} voter={voter!} start={() => go({ at: 'contest', n: 0 })} />
      case 'contest': {
        const contests = contestsOf(election!.manifest, voter!.style)
        const contest = contests[step.n]!
        const more = !step.changing && step.n + 1 < contests.length
        const next: Step = more ? { at: 'contest', n: step.n + 1 } : { at: 'review' }
        return (
          <ContestStep
            key={contest.id}
            contest={contest}
            place={[step.n + 1, contests.length]}
            choice={choiceIn(flow.choices, contest)}
            choose={(choice) =>
              setFlow((now) => ({ ...now, choices: { ...now.choices, [contest.id]: choice } }))
            }
            next={() => go(next)}
          />
        )
      }
      case 'review':
        return (
          <Review
            contests={contestsOf(election!.manifest, voter!.style)}
            choices={flow.choices}
            change={(n) => go({ at: 'contest', n, changing: true })}
            seal={() => void seal()}
          />
        )
      case 'decide':
        return (
          <Decide
            step={step}
            cast={() => void cast(step.sealed)}
            test={() => go({ at: 'test', sealed: step.sealed })}
            discard={leave}
          />
        )
      case 'cast':
        return <Cast election={election!} receipt={step.receipt} leave={leave} />
      case 'not-cast':
        return (
          <NotCast
            id={id}
            sealed={step.sealed}
            outcome={step.outcome}
            again={() => void again(step.sealed)}
            leave={leave}
          />
        )
      case 'test':
        return (
          <TestStep
            id={id}
            tracker={step.sealed.tracker}
            reveal={step.reveal}
            ready={() => void reveal(step.sealed)}
            afresh={() => go({ at: 'contest', n: 0 })}
          />
        )
    }
  }

  return (
    <Frame page="vote" election={id} title={election?.manifest.title}>
      {goBack !== undefined && (
        <p>
          <button type="button" class="link" onClick={goBack}>
            {t('back')}
          </button>
        </p>
      )}
      {shown()}
    </Frame>
  )
}

const afterwards: readonly Step['at'][] = ['decide', 'sending', 'cast', 'not-cast', 'test']

/** It may have been sent: whatever has failed, nobody knows yet. */
const unknown = (sealed: SealedView, { kind, why }: FailureView): Step => ({
  at: 'not-cast',
  sealed,
  outcome: { kind: 'unknown', why: `${kind}: ${why}` },
})
