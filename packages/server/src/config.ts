import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { builtPages } from './builtPages.js'
import { parseWitnessAddresses } from './witnessAddresses.js'

export interface ServerConfig {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Folder of the board secret, and of the embedded database where there is no `databaseUrl`. */
  readonly data: string
  /** Any PostgreSQL ≥ 15; undefined for the embedded database. */
  readonly databaseUrl: string | undefined
  /** Holds 64 hexadecimal digits; made on the first start if it is not there. */
  readonly boardSecretFile: string
  /** Public keys, hex, of which one must be among the signatures of a new election's manifest. */
  readonly organisers: ReadonlySet<string>
  /** Addresses of witnesses, by verifier key. */
  readonly witnesses: ReadonlyMap<string, string>
  /** Folder of the pages for voters; undefined where there are none. */
  readonly pages: string | undefined
  /** Requests to the API per minute and address; 0 for no limit. */
  readonly rateLimit: number
  /** How many proxies stand in front, whose `X-Forwarded-For` is believed. */
  readonly trustProxy: number
  /** Threads that verify ballots. */
  readonly workers: number
  readonly logLevel: LogLevel
}

const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
type LogLevel = (typeof logLevels)[number]

/** What must be set otherwise before the server can start; one fault a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

/** What the command line may say; each option wins over its variable. */
export interface CommandLine {
  readonly data?: string
  readonly host?: string
  readonly port?: string
  readonly pages?: string
}

type Env = Readonly<Record<string, string | undefined>>

/** @throws {ConfigError} naming every fault. */
export function readConfig(env: Env, options: CommandLine = {}): ServerConfig {
  const faults: string[] = []
  const data = resolve(options.data ?? valueOf('CISTA_DATA') ?? '.cista')
  const config: ServerConfig = {
    host: options.host ?? valueOf('CISTA_HOST') ?? '127.0.0.1',
    port: number('--port or CISTA_PORT', options.port ?? valueOf('CISTA_PORT'), 0, 65_535, 8080),
    data,
    databaseUrl: databaseUrl(),
    boardSecretFile: resolve(valueOf('CISTA_BOARD_SECRET_FILE') ?? join(data, 'board-secret')),
    organisers: organisers(),
    witnesses: witnesses(),
    pages: pages(),
    rateLimit: number('CISTA_RATE_LIMIT', valueOf('CISTA_RATE_LIMIT'), 0, 1e9, 6_000),
    trustProxy: number('CISTA_TRUST_PROXY', valueOf('CISTA_TRUST_PROXY'), 0, 10, 0),
    workers: number(
      'CISTA_WORKERS',
      valueOf('CISTA_WORKERS'),
      1,
      256,
      Math.max(1, availableParallelism() - 1),
    ),
    logLevel: logLevel(),
  }
  if (faults.length > 0) throw new ConfigError(faults.join('\n'))
  return config

  /** An empty variable counts as one that is not set, as in compose files. */
  function valueOf(name: string): string | undefined {
    const value = env[name]?.trim()
    return value === '' ? undefined : value
  }

  function number(name: string, text: string | undefined, min: number, max: number, usual: number): number {
    if (text === undefined) return usual
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
    if (value >= min && value <= max) return value
    faults.push(`${name} is “${text}”: set it to a number from ${min} to ${max}`)
    return usual
  }

  function databaseUrl(): string | undefined {
    const [url, file] = [valueOf('DATABASE_URL'), valueOf('DATABASE_URL_FILE')]
    if (url !== undefined && file !== undefined)
      faults.push('DATABASE_URL and DATABASE_URL_FILE are both set: leave one of them out')
    const found = url ?? (file === undefined ? undefined : lineIn(file))
    if (found !== undefined && !/^postgres(ql)?:\/\//.test(found))
      faults.push(
        `${url === undefined ? `${file} holds` : 'DATABASE_URL is'} no address of PostgreSQL: set it to postgresql://user:password@host/database, or leave it out to use the embedded database`,
      )
    return found
  }

  function lineIn(file: string): string | undefined {
    try {
      return readFileSync(file, 'utf8').trim()
    } catch {
      faults.push(
        `DATABASE_URL_FILE is no file that can be read: ${file}; write into it what DATABASE_URL would be`,
      )
      return undefined
    }
  }

  function organisers(): ReadonlySet<string> {
    const value = valueOf('CISTA_ORGANISERS')
    if (value === undefined) return new Set()
    if (value.split(/[\s,]+/).every((word) => /^[0-9a-f]{64}$/.test(word)))
      return new Set(value.split(/[\s,]+/))
    let lines: string[]
    try {
      lines = readFileSync(value, 'utf8').split('\n')
    } catch {
      faults.push(
        `CISTA_ORGANISERS is neither a list of public keys (64 small hexadecimal digits each) nor a file that can be read: ${value}`,
      )
      return new Set()
    }
    const keys = lines.map((line) => line.replace(/#.*/, '').trim()).filter((line) => line !== '')
    for (const key of keys)
      if (!/^[0-9a-f]{64}$/.test(key))
        faults.push(`${value}: “${key}” is no public key: write 64 small hexadecimal digits a line`)
    return new Set(keys)
  }

  function witnesses(): ReadonlyMap<string, string> {
    const file = valueOf('CISTA_WITNESSES')
    if (file === undefined) return new Map()
    let text: string
    try {
      text = readFileSync(file, 'utf8')
    } catch {
      faults.push(
        `CISTA_WITNESSES is no file that can be read: ${file}; write into it a line for each witness, its key and its address`,
      )
      return new Map()
    }
    const read = parseWitnessAddresses(text, file)
    faults.push(...read.faults)
    return read.addresses
  }

  function pages(): string | undefined {
    const folder = options.pages ?? valueOf('CISTA_PAGES')
    if (folder === undefined) return builtPages()
    return folder === 'none' ? undefined : resolve(folder)
  }

  function logLevel(): LogLevel {
    const value = valueOf('CISTA_LOG_LEVEL') ?? 'info'
    const level = logLevels.find((known) => known === value)
    if (level === undefined)
      faults.push(`CISTA_LOG_LEVEL is “${value}”: set it to one of ${logLevels.join(', ')}`)
    return level ?? 'info'
  }
}
