// Specification: 04 Digits and slack
/**
 * A contest in the only words that the mathematics knows: cells are encrypted bits, sums bind them, outputs are added up and
 * decrypted. All sums are equalities; inequalities have slack cells at the end of the form.
 */
export interface BallotForm {
  /** Cells in all, slack included. */
  readonly cells: number
  /** Σ weights[i]·cell(cells[i]) = max. */
  readonly sums: readonly FormSum[]
  readonly outputs: readonly Output[]
}
export interface FormSum {
  readonly cells: readonly number[]
  readonly weights: readonly number[]
  readonly max: number
}
/** Σ weights[i]·cell(cells[i]), at most `maximum` on one ballot. */
export interface Output {
  readonly cells: readonly number[]
  readonly weights: readonly number[]
  readonly maximum: number
}
export type Bit = 0 | 1

/** Why choices cannot be put on a ballot, in words for the voter. */
export interface ChoiceFault {
  readonly code: 'CHOICE_UNKNOWN' | 'CHOICE_REPEATED' | 'CHOICE_TOO_FEW' | 'CHOICE_TOO_MANY'
  readonly why: string
}
export type Compiled = { readonly bits: readonly Bit[] } | { readonly fault: ChoiceFault }

/** Weights 1, 2, 4, …, rest, whose subsets give every value 0…range and no other. Empty for 0. */
export function digitWeights(range: number): number[] {
  const weights: number[] = []
  let sum = 0
  for (let weight = 1; sum + weight <= range; weight *= 2) {
    weights.push(weight)
    sum += weight
  }
  if (sum < range) weights.push(range - sum)
  return weights
}

/** The one representation of 0 ≤ value ≤ range: `rest` only where the powers of two do not reach, then binary. */
export function toDigits(value: number, range: number): Bit[] {
  const weights = digitWeights(range)
  const binary = Math.floor(Math.log2(range + 1))
  const reach = 2 ** binary - 1
  const rest = value > reach ? 1 : 0
  const left = value - rest * (range - reach)
  return weights.map((weight, i) => (i < binary ? ((Math.floor(left / weight) % 2) as Bit) : rest))
}

/** Collects cells and sums; `sum` adds slack where a sum may fall short of its maximum. */
export class FormBuilder {
  #cells: number
  readonly #sums: FormSum[] = []
  readonly #slack: { cells: readonly number[]; weights: readonly number[]; max: number; range: number }[] = []

  constructor(cells: number) {
    this.#cells = cells
  }

  /** min ≤ Σ weights·cells ≤ max; left out where no bits could break it. */
  sum(cells: readonly number[], weights: readonly number[], min: number, max: number): void {
    const most = weights.reduce((a, b) => a + b, 0)
    if (min <= 0 && most <= max) return
    const slackWeights = digitWeights(max - min)
    const slackCells = slackWeights.map((_, i) => this.#cells + i)
    this.#cells += slackCells.length
    this.#sums.push({ cells: [...cells, ...slackCells], weights: [...weights, ...slackWeights], max })
    this.#slack.push({ cells, weights, max, range: max - min })
  }

  form(outputs: readonly Output[]): BallotForm {
    return { cells: this.#cells, sums: this.#sums, outputs }
  }

  /** The bits with the slack that makes every sum exact. The bits must satisfy the inequalities. */
  fill(bits: readonly Bit[]): Bit[] {
    const all = [...bits]
    for (const { cells, weights, max, range } of this.#slack) {
      const total = cells.reduce((sum, cell, i) => sum + (bits[cell] ?? 0) * (weights[i] ?? 0), 0)
      all.push(...toDigits(max - total, range))
    }
    return all
  }
}
