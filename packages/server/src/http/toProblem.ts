import { Overloaded } from '../ballotQueue.js'
import { isDatabaseAway } from '../database.js'
import type { Log } from '../log.js'
import { Problem } from '../problem.js'
import { Halted } from '../sequencer.js'

/** What went wrong, as whoever asked may know it; what should not have happened is logged. */
export function toProblem(error: unknown, method: string, log: Log): Problem {
  if (error instanceof Problem) return error
  if (error instanceof Halted) return new Problem('halted', error.message)
  if (error instanceof Overloaded) return new Problem('busy', 'too many ballots are waiting to be checked')
  const { status } = error as { status?: unknown }
  if (typeof status === 'number' && status >= 400 && status < 500)
    return new Problem('malformed', 'the address is not readable')
  if (isDatabaseAway(error)) return new Problem('busy', 'the database does not answer')
  log.error({ err: error, method }, 'request failed')
  return new Problem('internal', 'something went wrong that should not')
}
