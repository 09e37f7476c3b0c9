import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@cista/board'
import { type ServerConfig, ConfigError, readConfig } from '@cista/server'
import { type Pabulib, PabulibError, loadPabulib, pabulibFiles, parsePabulib, testKey } from '@cista/testkit'
import { loadBoardSecret } from '../../../packages/server/src/boardSecret.js'
import { withoutKeys } from '../../../packages/server/src/http/app.js'
import { type Target, holds, parser } from '../target.js'

const lenient = new TextDecoder()
const key = testKey('fuzz').key

/** A map of texts as variables; undefined for other JSON. */
function variables(input: Uint8Array): Record<string, string> | undefined {
  try {
    const given: unknown = JSON.parse(lenient.decode(input))
    if (typeof given !== 'object' || given === null) return undefined
    return Object.fromEntries(Object.entries(given).filter(([, value]) => typeof value === 'string'))
  } catch {
    return undefined
  }
}

/** What the operator of a server writes: variables and the board's secret. */
function configurations(): Target<Uint8Array>[] {
  const folder = mkdtempSync(join(tmpdir(), 'cista-fuzz-'))
  const env = {
    CISTA_DATA: folder,
    CISTA_HOST: '127.0.0.1',
    CISTA_LOG_LEVEL: 'info',
    CISTA_ORGANISERS: `${key},${key}`,
    CISTA_PORT: '8080',
    CISTA_RATE_LIMIT: '6000',
    CISTA_TRUST_PROXY: '1',
    CISTA_WORKERS: '2',
    DATABASE_URL: 'postgresql://cista@localhost/cista',
  }
  const secretFile = join(folder, 'board-secret')
  const config: Target<Uint8Array> = {
    ...parser(
      'configuration',
      'json',
      [utf8(JSON.stringify(env))],
      (input) => {
        const given = variables(input)
        if (given === undefined) return false
        const read: ServerConfig = readConfig(given)
        const { port, workers, rateLimit, trustProxy, organisers } = read
        holds(
          [port, workers, rateLimit, trustProxy].every((n) => Number.isInteger(n) && n >= 0),
          'no number',
        )
        holds(
          [...organisers].every((o) => /^[0-9a-f]{64}$/.test(o)),
          'no key',
        )
        return true
      },
      [ConfigError],
    ),
    close: async () => rmSync(folder, { recursive: true, force: true }),
  }
  return [
    config,
    parser(
      'board secret',
      'text',
      [utf8(`${'07'.repeat(32)}\n`)],
      (input) => {
        writeFileSync(secretFile, input)
        return loadBoardSecret(secretFile).length === 32
      },
      [ConfigError],
    ),
    parser(
      'address in the log',
      'text',
      [utf8(`/api/elections/${key}/credentials/${key}?a=b`), utf8(`/elections/${key}/payload/${key}`)],
      (input) => {
        const url = lenient.decode(input).replace(/[\r\n\u2028\u2029]/g, '')
        const logged = withoutKeys(url)
        holds(!/(?:credentials|ballots|payload)\/[0-9a-f]{64}/i.test(logged), `logs ${logged}`)
        return logged.includes('…')
      },
    ),
  ]
}

/** Files of other people's elections. */
async function pabulib(): Promise<Target<Uint8Array>[]> {
  const kinds = Object.keys(pabulibFiles) as (keyof typeof pabulibFiles)[]
  const samples = await Promise.all(kinds.map(async (kind) => shortened(await loadPabulib(kind))))
  return [
    parser(
      'Pabulib file',
      'text',
      samples,
      (input) => {
        const { projects, ballots } = parsePabulib(input, 'f.pb')
        const options = new Set(projects.map((p) => p.option))
        holds(options.size === projects.length && ballots.every((b) => b.voter !== ''), 'one option twice')
        return true
      },
      [PabulibError],
    ),
  ]
}

/** The first ballots only, that mutations meet the head as often as the rest. */
function shortened({ file }: Pabulib): Uint8Array {
  const lines = readFileSync(
    new URL(`../../../packages/testkit/data/${file}`, import.meta.url),
    'utf8',
  ).split(/\r?\n/)
  const votes = lines.indexOf('VOTES')
  const kept = lines.slice(0, votes + 12)
  return utf8(`${kept.map((line) => line.replace(/^num_votes;.*/, 'num_votes;10')).join('\n')}\n`)
}

export const operatorTargets = async (): Promise<Target<Uint8Array>[]> => [
  ...configurations(),
  ...(await pabulib()),
]
