// Specification: 09 Report
import { type ClassNumbers, type Definition, type OptionTotal, optionTotals } from '@cista/protocol'
import { type CheckId, checklist } from './checklist.js'
import type { Finding, Verdict } from './findings.js'
import type { UnitResult } from './v10Result.js'

export type CheckStatus = 'passed' | 'failed' | 'not-run' | 'not-reached'
export interface CheckReport {
  readonly id: CheckId
  readonly title: string
  readonly status: CheckStatus
  /** How many things were examined. */
  readonly looked: number
  readonly findings: readonly Finding[]
}
export interface ContestResult {
  readonly contest: string
  readonly unit: string
  readonly withheld: boolean
  readonly totals: readonly OptionTotal[]
}
export interface Report {
  /** `unfinished`: nothing wrong so far, or aborted. */
  readonly verdict: 'verified' | 'refuted' | 'unfinished'
  /** Election id, where there is a manifest. */
  readonly election: string | null
  readonly checks: readonly CheckReport[]
  /** None unless V10 passed. */
  readonly results: readonly ContestResult[]
  /** Null unless the ballots could be classed: V7 passed, or has nothing yet to compare. */
  readonly ballots: (ClassNumbers & { readonly cast: number }) | null
  /** Why the election was aborted, if it was. */
  readonly aborted?: string
  readonly seconds: number
}

export function reportChecks(verdicts: ReadonlyMap<CheckId, Verdict<unknown>>): CheckReport[] {
  return checklist.map(({ id, title }) => {
    const v = verdicts.get(id)
    if (v === undefined) return { id, title, status: 'not-run', looked: 0, findings: [] }
    const status = v.findings.length > 0 ? 'failed' : v.reached ? 'passed' : 'not-reached'
    return { id, title, status, looked: v.looked, findings: v.findings }
  })
}

export function nameResults({ manifest }: Definition, results: readonly UnitResult[]): ContestResult[] {
  return results.map(({ unit, contest, withheld, totals }) => {
    const definition = manifest.contests[contest]!
    return {
      contest: definition.id,
      unit,
      withheld,
      totals: withheld ? [] : optionTotals(definition, totals),
    }
  })
}
