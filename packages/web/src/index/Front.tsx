import type { PlacedAnnouncement } from '@cista/protocol'
import { useEffect, useState } from 'preact/hooks'
import type { ElectionView } from '../engine/views.js'
import { pageAddress } from '../parts/address.js'
import { Title } from '../parts/Title.js'
import { ownLanguage } from '../text/languages.js'
import { Own, useTexts } from '../text/texts.js'
import { Countdown } from './Countdown.js'
import { useLive } from './live.js'
import { News } from './News.js'

/** Which phases go with what the server says while the page is open. */
const phasesOf: Readonly<Record<string, readonly ElectionView['phase'][]>> = {
  setup: ['early', 'late', 'never'],
  open: ['open'],
  closed: ['closed'],
  tallied: ['closed'],
  ended: ['result', 'aborted'],
}

interface FrontProps {
  readonly server: string
  readonly election: ElectionView
  readonly readNews: () => Promise<readonly PlacedAnnouncement[]>
  /** Called when the election is in another phase than is shown, or closes at another time. */
  readonly changed: () => void
}

/** An election's front page: what, who, when, and how it is protected. */
export function Front({ server, election, readNews, changed }: FrontProps) {
  const { t, time, number, language } = useTexts()
  const [paused, setPaused] = useState(false)
  const live = useLive(server, election.id, paused)
  const { id, manifest, phase, closes, reason = '' } = election
  useEffect(() => {
    if (live === undefined) return
    const { stage } = live
    // What the server says may be any word.
    if ((Object.hasOwn(phasesOf, stage) && !phasesOf[stage]!.includes(phase)) || live.closes !== closes)
      changed()
  }, [live?.stage, live?.closes, phase, closes])
  const { title, description, schedule, trustees, threshold, witnesses } = manifest
  const ballots = election.opened ? live?.ballots : undefined
  const own = ownLanguage(title, language)
  const values = { opens: time(schedule.opens), closes: time(closes), reason }
  return (
    <>
      <Title text={title[own] ?? ''} lang={own} />
      {description !== undefined && (
        <p>
          <Own text={description} />
        </p>
      )}
      <div class="note">
        <p>
          <strong>{t(`phase_${phase}`, values)}</strong>
        </p>
        {phase === 'open' && <Countdown text="closesIn" until={closes} paused={paused} />}
        {phase === 'early' && <Countdown text="opensIn" until={schedule.opens} paused={paused} />}
        {ballots !== undefined && (
          <p class="live">
            {t('ballots')} <b>{number(ballots)}</b>
          </p>
        )}
        {(ballots !== undefined || phase === 'open' || phase === 'early') && (
          <button type="button" class="link" onClick={() => setPaused(!paused)}>
            {t(paused ? 'goOn' : 'pause')}
          </button>
        )}
      </div>
      <News read={readNews} seen={live?.announced.join()} />
      {phase === 'open' && (
        <p>
          <a class="button" href={pageAddress('vote', id)}>
            {t('nav_vote')}
          </a>
        </p>
      )}
      {phase === 'result' && (
        <p>
          <a class="button" href={pageAddress('results', id)}>
            {t('nav_results')}
          </a>
        </p>
      )}
      <h2>{t('what')}</h2>
      <ul>
        {manifest.contests.map((contest) => (
          <li key={contest.id}>
            <Own text={contest.title} />
          </li>
        ))}
      </ul>
      {/* When voting really closed, where administrators asked for it earlier, stands on the board only. */}
      {['early', 'late', 'open'].includes(phase) && (
        <>
          <h2>{t('when')}</h2>
          <p>{t('schedule', values)}</p>
        </>
      )}
      <h2>{t('who')}</h2>
      <p>{t('who_administrators', { names: names(manifest.administrators.keys) })}</p>
      <p>{t('who_registrars', { names: names(manifest.registrars.keys) })}</p>
      <p>{t('who_trustees', { names: names(trustees), trustees: trustees.length, threshold })}</p>
      <h2>{t('how')}</h2>
      <ul>
        <li>{t('how_encrypted')}</li>
        <li>{t('how_trustees', { threshold, trustees: trustees.length })}</li>
        <li>{t('how_board', { witnesses: witnesses.keys.length })}</li>
        <li>{t('how_verify')}</li>
        <li>{t('how_limits')}</li>
      </ul>
    </>
  )
}

const names = (keys: readonly { readonly name: string }[]): string => keys.map(({ name }) => name).join(', ')
