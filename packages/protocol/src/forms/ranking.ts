// Specification: 04 ranking: rank min to max of m options
import type { ContestOf } from '../manifest.js'
import { type BallotForm, type Bit, type Compiled, FormBuilder } from './form.js'

/**
 * Cells x_{i,p}, "option i stands at place p", option after option; then d_j, j = min…max, "exactly j options are ranked",
 * none where min = max. Sums: Σ d_j = 1; each place is taken by one option or lies behind the end; each option at most once.
 */
function builder({ options, min, max }: ContestOf<'ranking'>): FormBuilder {
  const m = options.length
  const lengths = min === max ? [] : Array.from({ length: max - min + 1 }, (_, i) => min + i)
  const length = (j: number) => m * max + (j - min)
  const b = new FormBuilder(m * max + lengths.length)
  const exactlyOne = (cells: number[]) =>
    b.sum(
      cells,
      cells.map(() => 1),
      1,
      1,
    )
  if (lengths.length > 0) exactlyOne(lengths.map(length))
  for (let p = 1; p <= max; p++)
    exactlyOne([...options.map((_, i) => i * max + p - 1), ...lengths.filter((j) => j < p).map(length)])
  for (let i = 0; i < m; i++)
    b.sum(
      Array.from({ length: max }, (_, p) => i * max + p),
      Array.from({ length: max }, () => 1),
      0,
      1,
    )
  return b
}

/** One output per option and place, option after option. */
export function rankingForm(contest: ContestOf<'ranking'>): BallotForm {
  return builder(contest).form(
    Array.from({ length: contest.options.length * contest.max }, (_, i) => ({
      cells: [i],
      weights: [1],
      maximum: 1,
    })),
  )
}

/** @param ranked ids of options, the best first. */
export function compileRanking(contest: ContestOf<'ranking'>, ranked: readonly string[]): Compiled {
  const { options, min, max } = contest
  const unknown = ranked.find((id) => !options.some((o) => o.id === id))
  if (unknown !== undefined)
    return {
      fault: { code: 'CHOICE_UNKNOWN', why: `“${unknown}” is not an option of contest “${contest.id}”` },
    }
  if (new Set(ranked).size !== ranked.length)
    return { fault: { code: 'CHOICE_REPEATED', why: 'an option is ranked twice' } }
  if (ranked.length > max)
    return {
      fault: { code: 'CHOICE_TOO_MANY', why: `${ranked.length} options ranked, at most ${max} allowed` },
    }
  if (ranked.length < min)
    return {
      fault: { code: 'CHOICE_TOO_FEW', why: `${ranked.length} options ranked, at least ${min} needed` },
    }
  const places = options.flatMap(({ id }) =>
    Array.from({ length: max }, (_, p): Bit => (ranked[p] === id ? 1 : 0)),
  )
  const lengths =
    min === max
      ? []
      : Array.from({ length: max - min + 1 }, (_, i): Bit => (min + i === ranked.length ? 1 : 0))
  return { bits: builder(contest).fill([...places, ...lengths]) }
}
