import { CommanderError } from 'commander'

/** What the person at the terminal can act on: shown as it is, without a stack. Exit status 1. */
export class Failure extends Error {
  override readonly name: string = 'Failure'
  readonly details: readonly string[]

  constructor(message: string, details: readonly string[] = []) {
    super(message)
    this.details = details
  }
}

/** The command was called in a wrong way. Exit status 2. */
export class UsageFailure extends Failure {
  override readonly name = 'UsageFailure'
}

/**
 * Says what failed, and gives the exit status; undefined for what is no failure of these kinds, of which nothing is said.
 * Commander has said by itself what it threw: usage that is wrong, or help that was asked for.
 */
export function failureStatus(
  error: unknown,
  command: string,
  say: (line: string) => void,
): number | undefined {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  if (!(error instanceof Failure)) return undefined
  say(`${command}: ${error.message}`)
  for (const line of error.details) say(`  ${line}`)
  return error instanceof UsageFailure ? 2 : 1
}
