// Specification: 09 Verdict
import type { CheckId, FindingCode } from './checklist.js'

/** One failure. `at` says where on the record: `entry 12`, `entry 12 contests[0]`, a file, a unit. */
export interface Finding {
  readonly code: FindingCode
  readonly at: string
  readonly why: string
}

declare const checked: unique symbol
/** A value some check has accepted; only `verdict` makes one. */
export type Checked<T> = T & { readonly [checked]: true }

/**
 * What a check says. `looked` is how many things were examined, so that a report shows when a check passed because it saw nothing.
 * `reached` is false where the election is not so far that there is anything to say yes to.
 */
export interface Verdict<T> {
  readonly looked: number
  readonly findings: readonly Finding[]
  readonly reached: boolean
  readonly value?: Checked<T>
}

export function verdict<T>(
  value: T,
  looked: number,
  findings: readonly Finding[],
  reached = true,
): Verdict<T> {
  return findings.length === 0
    ? { looked, findings, reached, value: value as Checked<T> }
    : { looked, findings, reached }
}

export const refuted = (looked: number, findings: readonly Finding[]): Verdict<never> => ({
  looked,
  findings,
  reached: true,
})

/** Called while a check works; `total` is 0 where it is not known. */
export type Progress = (p: { readonly check: CheckId; readonly done: number; readonly total: number }) => void
export type Step = (done: number, total: number) => void
