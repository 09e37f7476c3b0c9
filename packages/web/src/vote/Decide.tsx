import { Title } from '../parts/Title.js'
import { Tracker } from '../parts/Tracker.js'
import { useTexts } from '../text/texts.js'
import type { Step } from './flow.js'

interface DecideProps {
  readonly step: Extract<Step, { at: 'decide' }>
  readonly cast: () => void
  readonly test: () => void
  readonly discard: () => void
}

/** The ballot is encrypted, and not cast. One clear choice; most people cast. */
export function Decide({ step: { sealed, testable }, cast, test, discard }: DecideProps) {
  const { t } = useTexts()
  return (
    <>
      <Title text={t('decide_title')} />
      <p class="note">
        <strong>{t('decide_notYet')}</strong>
      </p>
      <button type="button" class="cast" onClick={cast}>
        {t('cast')}
      </button>
      <Tracker tracker={sealed.tracker} />
      <p>{t('decide_note')}</p>
      <h2>{t('test_offer')}</h2>
      {testable ? (
        <>
          <p>{t('test_why')}</p>
          <button type="button" class="second" onClick={test}>
            {t('test')}
          </button>
        </>
      ) : (
        <>
          <p>{t('test_reloaded')}</p>
          <button type="button" class="second" onClick={discard}>
            {t('discard')}
          </button>
        </>
      )}
    </>
  )
}
