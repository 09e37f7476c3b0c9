import type { Contest, Manifest } from '@cista/protocol'
import type { ElectionView } from '../engine/views.js'
import { pageAddress } from '../parts/address.js'
import { Title } from '../parts/Title.js'
import { Own, useTexts } from '../text/texts.js'
import type { ResultsView, UnitView } from './readResults.js'
import { UnitTable } from './UnitTable.js'

interface ResultsProps {
  readonly election: ElectionView
  readonly results: ResultsView | undefined
}

/** What came out, contest by contest. No result is shown before there is one: not even a part of it is known to anybody. */
export function Results({ election, results }: ResultsProps) {
  const { t, time } = useTexts()
  if (results === undefined)
    return (
      <>
        <Title text={t('noResult_title')} />
        <p>
          {election.phase === 'aborted'
            ? t('aborted', { reason: election.reason ?? '' })
            : t('noResult', { phase: election.phase, closes: time(election.closes) })}
        </p>
      </>
    )
  const { contests } = election.manifest
  return (
    <>
      <Title text={t('results_title')} />
      <p>
        {t('results_verify')} <a href={pageAddress('verify', election.id)}>{t('nav_verify')}</a>
      </p>
      {contests.map((contest) => (
        <ContestResults key={contest.id} contest={contest} manifest={election.manifest} results={results} />
      ))}
    </>
  )
}

interface ContestProps {
  readonly contest: Contest
  readonly manifest: Manifest
  readonly results: ResultsView
}

function ContestResults({ contest, manifest, results }: ContestProps) {
  const { t } = useTexts()
  const units = results.units.filter((unit) => unit.contest === contest.id)
  const everybody = manifest.styles.every((style) => style.contests.includes(contest.id))
  return (
    <section>
      <h2>
        <Own text={contest.title} />
      </h2>
      <Turnout units={units} credentials={everybody ? results.credentials : undefined} />
      {contest.kind === 'ranking' && (
        <p class="hint">{t('ranking', { points: contest.points.join(', ') })}</p>
      )}
      {units.map((unit) => (
        <div key={unit.unit}>
          {units.length > 1 && <h3>{unit.unit}</h3>}
          {unit.totals === null ? (
            <p class="note">{t('withheld', { minimum: manifest.minimumBallots })}</p>
          ) : (
            <UnitTable contest={contest} totals={unit.totals} counted={unit.counted} />
          )}
        </div>
      ))}
    </section>
  )
}

interface TurnoutProps {
  readonly units: readonly UnitView[]
  /** All who may vote in this contest; undefined where that is not known. */
  readonly credentials: number | undefined
}

function Turnout({ units, credentials }: TurnoutProps) {
  const { t, number, percent } = useTexts()
  const sum = (what: 'counted' | 'superseded' | 'cancelled' | 'void') =>
    units.reduce((total, unit) => total + unit[what], 0)
  const counted = sum('counted')
  return (
    <dl class="numbers">
      <dt>{t('counted')}</dt>
      <dd>{number(counted)}</dd>
      {credentials !== undefined && credentials > 0 && (
        <>
          <dt>{t('turnout')}</dt>
          <dd>{t('turnoutOf', { share: percent(counted / credentials), credentials })}</dd>
        </>
      )}
      {(['superseded', 'cancelled', 'void'] as const)
        .filter((what) => sum(what) > 0)
        .map((what) => (
          <>
            <dt>{t(what)}</dt>
            <dd>{number(sum(what))}</dd>
          </>
        ))}
    </dl>
  )
}
