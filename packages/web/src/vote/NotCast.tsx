import { useEffect } from 'preact/hooks'
import type { SealedView } from '../engine/views.js'
import { pageAddress } from '../parts/address.js'
import { download } from '../parts/download.js'
import { Experts } from '../parts/Failed.js'
import { Title } from '../parts/Title.js'
import { Tracker } from '../parts/Tracker.js'
import { useTexts } from '../text/texts.js'
import { type Step, refusedOf } from './flow.js'

interface NotCastProps {
  readonly id: string
  readonly sealed: SealedView
  readonly outcome: Extract<Step, { at: 'not-cast' }>['outcome']
  readonly again: () => void
  readonly leave: () => void
}

/** The vote is not in, or nobody can say yet: which of them, and what to do. */
export function NotCast({ id, sealed, outcome, again, leave }: NotCastProps) {
  const { t } = useTexts()
  const short = sealed.tracker.slice(0, 8)
  useEffect(() => {
    if (outcome.kind !== 'unknown') return
    addEventListener('online', again)
    return () => removeEventListener('online', again)
  }, [outcome])
  if (outcome.kind === 'refused') {
    const why = refusedOf(outcome.codes)
    return (
      <>
        <Title text={t('refused_title')} />
        <div class="alarm">
          <p>{t(`refused_${why}`)}</p>
        </div>
        {why !== 'cancelled' && why !== 'roll' && <p>{t('refused_before')}</p>}
        <button type="button" onClick={leave}>
          {t('startOver')}
        </button>
        <Experts why={`${sealed.tracker} ${outcome.codes.join(' ')}: ${outcome.why}`} />
      </>
    )
  }
  const unknown = outcome.kind === 'unknown'
  return (
    <>
      <Title text={t(`${outcome.kind}_title`)} />
      <div class={unknown ? 'note' : 'alarm'}>
        <p>{t(outcome.kind)}</p>
      </div>
      <button type="button" onClick={again}>
        {t('sendAgain')}
      </button>
      {sealed.tracker !== '' && <Tracker tracker={sealed.tracker} />}
      <p>{t('keepBallot')}</p>
      <p class="buttons">
        <button type="button" class="second" onClick={() => download(`ballot-${short}.json`, sealed.file)}>
          {t('ballot_save')}
        </button>
        {outcome.kind === 'unproven' && (
          <button
            type="button"
            class="second"
            onClick={() => download(`evidence-${short}.json`, outcome.evidence)}
          >
            {t('evidence_save')}
          </button>
        )}
      </p>
      <p>
        <a href={`${pageAddress('check', id)}#${sealed.tracker}`}>{t('next_check')}</a>
      </p>
      <Experts why={outcome.why} />
    </>
  )
}
