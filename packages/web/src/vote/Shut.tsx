import { useEffect } from 'preact/hooks'
import type { ElectionView } from '../engine/views.js'
import { pageAddress } from '../parts/address.js'
import { Title } from '../parts/Title.js'
import { useTexts } from '../text/texts.js'

interface ShutProps {
  readonly election: ElectionView
  readonly look: () => void
}

/** Voting is not possible: why, and what else is. Where it is still to open, the page goes on by itself. */
export function Shut({ election, look }: ShutProps) {
  const { t, time } = useTexts()
  const { id, phase, manifest, closes, reason = '' } = election
  useEffect(() => {
    if (phase !== 'early' && phase !== 'late') return
    const timer = setInterval(() => {
      if (Date.now() >= Date.parse(manifest.schedule.opens)) look()
    }, pace)
    return () => clearInterval(timer)
  }, [])
  const values = { opens: time(manifest.schedule.opens), closes: time(closes), reason }
  return (
    <>
      <Title text={t(`shut_${phase === 'late' ? 'early' : phase}_title`)} />
      <p>{t(`shut_${phase === 'result' ? 'closed' : phase}`, values)}</p>
      {phase === 'result' && <a href={pageAddress('results', id)}>{t('nav_results')}</a>}
    </>
  )
}

/** Milliseconds between two looks whether voting has opened. */
const pace = 20_000
