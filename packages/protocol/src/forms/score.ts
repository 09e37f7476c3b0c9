// Specification: 04 score: 0 to maximum points per option
import type { ContestOf } from '../manifest.js'
import { type BallotForm, type Compiled, FormBuilder, digitWeights, toDigits } from './form.js'

/** The digits of every option's points, option after option; the budget's sum, if there is one; one output per option. */
function builder({ options, maximum, budget }: ContestOf<'score'>): FormBuilder {
  const digits = digitWeights(maximum)
  const cells = options.length * digits.length
  const b = new FormBuilder(cells)
  if (budget !== undefined)
    b.sum(
      Array.from({ length: cells }, (_, i) => i),
      options.flatMap(() => digits),
      0,
      budget,
    )
  return b
}

export function scoreForm(contest: ContestOf<'score'>): BallotForm {
  const weights = digitWeights(contest.maximum)
  return builder(contest).form(
    contest.options.map((_, o) => ({
      cells: weights.map((_, i) => o * weights.length + i),
      weights,
      maximum: contest.maximum,
    })),
  )
}

/** @param points by id of option; an option not named has none. */
export function compileScore(
  contest: ContestOf<'score'>,
  points: Readonly<Record<string, number>>,
): Compiled {
  const { options, maximum, budget } = contest
  const unknown = Object.keys(points).find((id) => !options.some((o) => o.id === id))
  if (unknown !== undefined)
    return {
      fault: { code: 'CHOICE_UNKNOWN', why: `“${unknown}” is not an option of contest “${contest.id}”` },
    }
  const given = options.map(({ id }) => (Object.hasOwn(points, id) ? (points[id] ?? 0) : 0))
  if (given.some((p) => !Number.isSafeInteger(p) || p < 0))
    return { fault: { code: 'CHOICE_TOO_FEW', why: 'points are whole numbers from 0' } }
  if (given.some((p) => p > maximum))
    return { fault: { code: 'CHOICE_TOO_MANY', why: `at most ${maximum} points for one option` } }
  const total = given.reduce((a, b) => a + b, 0)
  if (budget !== undefined && total > budget)
    return { fault: { code: 'CHOICE_TOO_MANY', why: `${total} points given, at most ${budget} in all` } }
  return { bits: builder(contest).fill(given.flatMap((p) => toDigits(p, maximum))) }
}
