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
