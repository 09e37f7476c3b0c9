// Specification: 04 selection: choose min to max of m options
import type { ContestOf } from '../manifest.js'
import { type BallotForm, type Bit, type Compiled, FormBuilder } from './form.js'

/** One cell per option, in the manifest's order; one sum over all; one output per option. */
function builder(contest: ContestOf<'selection'>): FormBuilder {
  const b = new FormBuilder(contest.options.length)
  b.sum(
    contest.options.map((_, i) => i),
    contest.options.map(() => 1),
    contest.min,
    contest.max,
  )
  return b
}

export function selectionForm(contest: ContestOf<'selection'>): BallotForm {
  return builder(contest).form(contest.options.map((_, i) => ({ cells: [i], weights: [1], maximum: 1 })))
}

/** @param selected ids of options. */
export function compileSelection(contest: ContestOf<'selection'>, selected: readonly string[]): Compiled {
  const { options, min, max } = contest
  const unknown = selected.find((id) => !options.some((o) => o.id === id))
  if (unknown !== undefined)
    return {
      fault: { code: 'CHOICE_UNKNOWN', why: `“${unknown}” is not an option of contest “${contest.id}”` },
    }
  if (new Set(selected).size !== selected.length)
    return { fault: { code: 'CHOICE_REPEATED', why: 'an option is chosen twice' } }
  if (selected.length > max)
    return {
      fault: { code: 'CHOICE_TOO_MANY', why: `${selected.length} options chosen, at most ${max} allowed` },
    }
  if (selected.length < min)
    return {
      fault: { code: 'CHOICE_TOO_FEW', why: `${selected.length} options chosen, at least ${min} needed` },
    }
  return { bits: builder(contest).fill(options.map((o): Bit => (selected.includes(o.id) ? 1 : 0))) }
}
