import { DecodeError } from '@cista/board'
import { mutateBytes } from './bytes.js'
import { mutateJson } from './json.js'
import { type Random, oneOf } from './random.js'
import { mutateText } from './text.js'

export type ErrorClass = abstract new (...args: never[]) => Error

/** Something that reads what strangers, or a damaged disk, may have written. */
export interface Target<S = unknown> {
  readonly name: string
  /** Valid, each accepted by `run`. */
  readonly samples: readonly S[]
  mutate(sample: S, random: Random, other: S): S
  /**
   * Whether the input was accepted. Throws one of `refusals` where it was not; whatever else it throws is a crash.
   * @param sample what the input was made from.
   */
  run(input: S, sample: S): boolean | Promise<boolean>
  readonly refusals: readonly ErrorClass[]
  /** For the file that a failure leaves. */
  show(input: S): Uint8Array
  /** Of a million cases, at least so many: the slow ones see the most of the system. */
  readonly least?: number
  /** At the end of all cases. */
  close?(): Promise<void>
}

/** What must hold of everything accepted does not. */
export class Broken extends Error {
  override readonly name = 'Broken'
}
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Broken(what)
}

/** A case that is a failure: its target, what was thrown or did not hold, and the input. */
export class Crash extends Error {
  override readonly name = 'Crash'
  readonly target: string
  readonly input: Uint8Array

  constructor(target: string, input: Uint8Array, cause: unknown) {
    const why =
      cause instanceof Error ? `${cause.name}: ${cause.message}\n${cause.stack ?? ''}` : String(cause)
    super(`${target}: ${why}`, { cause })
    this.target = target
    this.input = input
  }
}

/** What an input may grow to: more than any limit of a single document but the largest. */
const most = 600_000

const mutators = { bytes: mutateBytes, json: mutateJson, text: mutateText }

/** A target whose inputs are bytes. */
export function parser(
  name: string,
  form: keyof typeof mutators | Target<Uint8Array>['mutate'],
  samples: readonly Uint8Array[],
  run: Target<Uint8Array>['run'],
  refusals: readonly ErrorClass[] = [DecodeError],
): Target<Uint8Array> {
  const mutateAny = typeof form === 'string' ? mutators[form] : form
  const mutate: typeof mutateAny = (...given) => {
    const mutated = mutateAny(...given)
    return mutated.length > most ? mutated.slice(0, most) : mutated
  }
  return { name, samples, mutate, run, refusals, show: (input) => input }
}

/** Too deep, or too large for the engine: never a refusal, whatever class it has. */
const exhausted = /call stack|Invalid (?:array|string|typed array) length|allocation failed/i

function refuses(target: Target, error: unknown): boolean {
  return target.refusals.some((known) => error instanceof known) && !exhausted.test((error as Error).message)
}

export function makeInput<S>(target: Target<S>, random: Random): { sample: S; input: S } {
  const sample = oneOf(random, target.samples)
  return { sample, input: target.mutate(sample, random, oneOf(random, target.samples)) }
}

/** Whether the target accepts the input; a promise only where the target needs one. @throws {Crash} */
export function judge<S>(target: Target<S>, input: S, sample: S): boolean | Promise<boolean> {
  const failed = (error: unknown): false => {
    if (refuses(target as Target, error)) return false
    throw new Crash(target.name, target.show(input), error)
  }
  try {
    const accepted = target.run(input, sample)
    return typeof accepted === 'boolean' ? accepted : accepted.catch(failed)
  } catch (error) {
    return failed(error)
  }
}
