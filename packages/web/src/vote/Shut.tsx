import type { ElectionView } from '../engine/views.js'
import { pageAddress } from '../parts/address.js'
import { Title } from '../parts/Title.js'
import { useTexts } from '../text/texts.js'

/** Voting is not possible: why, and what else is. */
export function Shut({ election }: { readonly election: ElectionView }) {
  const { t, time } = useTexts()
  const { id, phase, manifest, closes, reason = '' } = election
  const values = { opens: time(manifest.schedule.opens), closes: time(closes), reason }
  return (
    <>
      <Title text={t(`shut_${phase === 'late' ? 'early' : phase}_title`)} />
      <p>{t(`shut_${phase === 'result' ? 'closed' : phase}`, values)}</p>
      {phase === 'result' && <a href={pageAddress('results', id)}>{t('nav_results')}</a>}
    </>
  )
}
