import { contestsOf } from '@cista/client'
import type { ElectionView } from '../engine/views.js'
import { Title } from '../parts/Title.js'
import { Tracker } from '../parts/Tracker.js'
import { useTexts } from '../text/texts.js'
import type { Voter } from './flow.js'

interface WelcomeProps {
  readonly election: ElectionView
  readonly voter: Voter
  readonly start: () => void
}

/** The code may vote: what comes, and whether it has voted before. */
export function Welcome({ election, voter, start }: WelcomeProps) {
  const { t, time } = useTexts()
  const { manifest, closes } = election
  const { last, weight, style } = voter
  const questions = contestsOf(manifest, style).length
  const again = manifest.revisions > 0
  return (
    <>
      <Title text={t('welcome_title')} />
      {last === undefined ? null : (
        <div class="note">
          <p>
            <strong>{t('voted', { time: time(last.batchTime) })}</strong>
          </p>
          <p>{again ? t('voted_again') : t('voted_once')}</p>
          <p>{t('voted_notMe')}</p>
          <Tracker tracker={last.tracker} />
        </div>
      )}
      <p>{t('welcome', { questions, closes: time(closes) })}</p>
      {weight > 1 && <p>{t('weight', { weight })}</p>}
      <p>{again ? t('revote') : t('noRevote')}</p>
      {(last === undefined || again) && (
        <button type="button" onClick={start}>
          {t('start')}
        </button>
      )}
    </>
  )
}
