import { pino } from 'pino'
import type { ServerConfig } from './config.js'

export type Log = ReturnType<typeof createLog>

/** Structured lines on standard error; standard output is for what the command says. */
export function createLog(level: ServerConfig['logLevel']) {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, serializers: { err: plain } }
  return pino(options, pino.destination(2))
}

/** Databases add the row to what they say about it. */
function plain(error: unknown): unknown {
  if (!(error instanceof Error)) return undefined
  const { name, message, stack, code } = error as NodeJS.ErrnoException
  return { type: name, message, stack, code }
}
