import { DecodeError } from '@cista/board'

/** What is said of a value: `path: why`, or `yes`. */
export function said(work: () => unknown): string {
  try {
    work()
    return 'yes'
  } catch (error) {
    if (error instanceof DecodeError) return `${error.path}: ${error.why}`
    return `${(error as Error).name} ${(error as Error).message}`
  }
}
