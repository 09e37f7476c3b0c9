import { parseArgs } from 'node:util'

export interface FuzzOptions {
  /** In all, shared among the targets; undefined where only time decides. */
  readonly cases: number | undefined
  readonly seconds: number | undefined
  readonly seed: number
  /** Only targets whose name holds this. */
  readonly target: string | undefined
  /** Only this case of the one target. */
  readonly only: number | undefined
}
export class UsageError extends Error {}

export const usage = `Feeds every parser and every address of the server with mutations of valid inputs.

  npm run fuzz -- [options]

  --cases N      cases in all (100,000 if neither cases nor seconds are said)
  --seconds N    stop after so long
  --seed N       0 to 4294967295; drawn and printed if not said
  --target NAME  only targets whose name holds NAME
  --case N       only case N of one target, as a failure names it
`

/** Undefined if only help was asked for. @throws {UsageError} */
export function readOptions(args: readonly string[]): FuzzOptions | undefined {
  const values = parse(args)
  if (values.help === true) return undefined
  const number = (name: 'cases' | 'seconds' | 'seed' | 'case', most: number): number | undefined => {
    const text = values[name]
    if (text === undefined) return undefined
    if (!/^\d{1,10}$/.test(text) || Number(text) > most)
      throw new UsageError(`--${name} is “${text}”: a whole number up to ${most} is needed`)
    return Number(text)
  }
  const [cases, seconds, only] = [number('cases', 1e9), number('seconds', 1e6), number('case', 1e9)]
  if (only !== undefined && values.target === undefined) throw new UsageError('--case needs --target')
  return {
    cases: cases ?? (seconds === undefined ? 100_000 : undefined),
    seconds,
    seed: number('seed', 2 ** 32 - 1) ?? crypto.getRandomValues(new Uint32Array(1))[0]!,
    target: values.target,
    only,
  }
}

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        cases: string,
        seconds: string,
        seed: string,
        target: string,
        case: string,
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
