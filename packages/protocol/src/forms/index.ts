// Specification: 04 Digits and slack
import type { Contest } from '../manifest.js'
import type { BallotForm, Compiled } from './form.js'
import { compileRanking, rankingForm } from './ranking.js'
import { compileScore, scoreForm } from './score.js'
import { compileSelection, selectionForm } from './selection.js'

/** What a voter wants in one contest. */
export type Choice =
  | { readonly kind: 'selection'; readonly selected: readonly string[] }
  | { readonly kind: 'score'; readonly points: Readonly<Record<string, number>> }
  | { readonly kind: 'ranking'; readonly ranked: readonly string[] }

/** Cells, sums and outputs of a contest. */
export function ballotForm(contest: Contest): BallotForm {
  switch (contest.kind) {
    case 'selection':
      return selectionForm(contest)
    case 'score':
      return scoreForm(contest)
    case 'ranking':
      return rankingForm(contest)
  }
}

/**
 * The bits of a choice, or why it is none in this contest. What a person or a program wrote as JSON may have any shape, whatever the
 * type says.
 */
export function compileChoice(contest: Contest, choice: Choice): Compiled {
  if (!isMap(choice)) return notFilledIn(contest, 'the choice has no “kind”')
  if (contest.kind === 'selection' && choice.kind === 'selection' && areTexts(choice.selected))
    return compileSelection(contest, choice.selected)
  if (contest.kind === 'score' && choice.kind === 'score' && isMap(choice.points))
    return compileScore(contest, choice.points)
  if (contest.kind === 'ranking' && choice.kind === 'ranking' && areTexts(choice.ranked))
    return compileRanking(contest, choice.ranked)
  if (choice.kind === contest.kind) return notFilledIn(contest, `but ${misshapen[contest.kind]}`)
  const given =
    typeof choice.kind === 'string' ? `the choice is a ${choice.kind}` : 'the choice has no “kind”'
  return notFilledIn(contest, given)
}

/** What is wrong with a choice of the right kind that cannot be read. */
const misshapen = {
  selection: '“selected” is not a list of ids',
  score: '“points” is not an object',
  ranking: '“ranked” is not a list of ids',
} as const

const notFilledIn = (contest: Contest, given: string): Compiled => ({
  fault: {
    code: 'CHOICE_UNKNOWN',
    why: `contest “${contest.id}” is a ${contest.kind}, ${given}: write ${JSON.stringify(exampleOf(contest))}`,
  },
})

const areTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string')

const isMap = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One way to fill a contest in: its first option. */
function exampleOf({ kind, options }: Contest): Choice {
  const { id } = options[0]!
  if (kind === 'selection') return { kind, selected: [id] }
  return kind === 'score' ? { kind, points: { [id]: 1 } } : { kind, ranked: [id] }
}

/** An option's total from the totals of the contest's outputs, in their order. */
export interface OptionTotal {
  readonly option: string
  /** Votes; for `score` points, for `ranking` points by the positional rule. */
  readonly votes: number
  /** For `ranking`: how often the option stands at each place. */
  readonly positions?: readonly number[]
}

export function optionTotals(contest: Contest, totals: readonly number[]): OptionTotal[] {
  if (contest.kind !== 'ranking')
    return contest.options.map(({ id }, i) => ({ option: id, votes: totals[i] ?? 0 }))
  return contest.options.map(({ id }, i) => {
    const positions = totals.slice(i * contest.max, (i + 1) * contest.max)
    return {
      option: id,
      votes: positions.reduce((sum, n, p) => sum + n * (contest.points[p] ?? 0), 0),
      positions,
    }
  })
}
