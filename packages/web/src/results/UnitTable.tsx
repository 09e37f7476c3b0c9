import type { Contest, OptionTotal } from '@cista/protocol'
import { Own, useTexts } from '../text/texts.js'

interface UnitTableProps {
  readonly contest: Contest
  readonly totals: readonly OptionTotal[]
  /** Ballots that these are the totals of. */
  readonly counted: number
}

/** Totals as a table, the most first, each with a bar as long as its part of the longest one. */
export function UnitTable({ contest, totals, counted }: UnitTableProps) {
  const { t, number, percent } = useTexts()
  const most = Math.max(1, ...totals.map(({ votes }) => votes))
  const all = totals.reduce((sum, { votes }) => sum + votes, 0)
  // Of votes one asks how many voters gave them; of points, which part of all points.
  const whole = contest.kind === 'selection' ? counted : all
  const unit = t(contest.kind === 'selection' ? 'votes' : 'pointsColumn')
  const sorted = [...totals].sort((a, b) => b.votes - a.votes)
  return (
    <table>
      <caption class="hint">{t(contest.kind === 'selection' ? 'shareOfBallots' : 'shareOfPoints')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('option')}</th>
          <th scope="col" class="number">
            {unit}
          </th>
          <th scope="col" class="number">
            {t('share')}
          </th>
        </tr>
      </thead>
      <tbody>
        {sorted.map(({ option, votes }) => (
          <tr key={option}>
            <th scope="row">
              <Own text={contest.options.find(({ id }) => id === option)?.title ?? { en: option }} />
              <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                <rect width={(100 * votes) / most} height="4" />
              </svg>
            </th>
            <td class="number">{number(votes)}</td>
            <td class="number">{whole > 0 ? percent(votes / whole) : '–'}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
