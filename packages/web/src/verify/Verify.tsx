import type { Report } from '@cista/verifier'
import { useState } from 'preact/hooks'
import { download } from '../parts/download.js'
import { Failed } from '../parts/Failed.js'
import { Frame } from '../parts/Frame.js'
import { Busy, Title } from '../parts/Title.js'
import { useTexts } from '../text/texts.js'
import { type FailureView, failureOf } from '../worker/call.js'
import { Checks } from './Checks.js'
import { runVerifier } from './runVerifier.js'
import { PageCode } from './PageCode.js'
import type { ProgressView, Verified } from './verifierWorker.js'

type State =
  | { readonly at: 'asking' }
  | { readonly at: 'running'; readonly progress?: ProgressView }
  | { readonly at: 'done'; readonly verified: Verified }
  | { readonly at: 'failed'; readonly failure: FailureView }

/** Verifies the whole election on this device, and says what that is worth. */
export function Verify({ id, server }: { readonly id: string; readonly server: string }) {
  const { t } = useTexts()
  const [state, setState] = useState<State>({ at: 'asking' })
  async function run() {
    setState({ at: 'running' })
    try {
      const verified = await runVerifier(server, id, (progress) => setState({ at: 'running', progress }))
      setState({ at: 'done', verified })
    } catch (error) {
      setState({ at: 'failed', failure: failureOf(error) })
    }
  }
  const command = `npx cista-verify ${server}/elections/${id} --election ${id}`
  return (
    <Frame page="verify" election={id} title={state.at === 'done' ? state.verified.title : undefined}>
      {state.at === 'failed' && <Failed failure={state.failure} retry={() => void run()} />}
      {state.at === 'asking' && (
        <>
          <Title key="asking" text={t('verify_title')} />
          <p>{t('verify')}</p>
          <button type="button" onClick={() => void run()}>
            {t('verify_run')}
          </button>
        </>
      )}
      {state.at === 'running' && (
        <>
          <Title key="running" text={t('running_title')} />
          <Running {...state} />
        </>
      )}
      {state.at === 'done' && <Done report={state.verified.report} />}
      {state.at === 'done' && state.verified.page !== undefined && (
        <PageCode published={state.verified.page} id={id} server={server} />
      )}
      <h2>{t('elsewhere_title')}</h2>
      <p>{t('elsewhere')}</p>
      <p>
        <code class="address">{command}</code>
      </p>
    </Frame>
  )
}

function Running({ progress }: { readonly progress?: ProgressView }) {
  const { t } = useTexts()
  if (progress === undefined) return <Busy text={t('fetching')} />
  const { check, done, total } = progress
  return (
    <>
      <Busy text={`${check}: ${t(`check_${check}`)}`} />
      <progress aria-label={check} {...(total > 0 ? { max: total, value: done } : {})} />
    </>
  )
}

function Done({ report }: { readonly report: Report }) {
  const { t, number } = useTexts()
  const { verdict, aborted, ballots, seconds } = report
  return (
    <>
      <Title key="done" text={t(`${verdict}_title`)} />
      <div class={verdict === 'verified' ? 'good' : verdict === 'refuted' ? 'alarm' : 'note'}>
        <p>{t(aborted === undefined ? verdict : 'aborted', { reason: aborted ?? '' })}</p>
        {ballots !== null && <p>{t('verified_ballots', { ...ballots })}</p>}
        <p>{t('seconds', { seconds: number(Math.ceil(seconds)) })}</p>
      </div>
      <Checks checks={report.checks} />
      <p>
        <button
          type="button"
          class="second"
          onClick={() => download('report.json', `${JSON.stringify(report, null, 2)}\n`)}
        >
          {t('report')}
        </button>
      </p>
    </>
  )
}
