/** What the witness's operator can act on: shown as it is, without a stack. Exit status 1. */
export class Failure extends Error {
  override readonly name = 'Failure'
}

export const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
