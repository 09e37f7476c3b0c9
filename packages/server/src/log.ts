import { pino } from 'pino'
import type { ServerConfig } from './config.js'

export type Log = ReturnType<typeof createLog>

/** Structured lines on standard error; standard output is for what the command says. */
export function createLog(level: ServerConfig['logLevel']) {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
}
