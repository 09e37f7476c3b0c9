import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pabulibFiles } from '@cista/testkit'

export interface DemoOptions {
  /** Path of a file in Pabulib's format. */
  readonly file: string
  readonly name: string
  /** How many of its ballots, from the first. */
  readonly ballots?: number
  /** Where the record is left. */
  readonly out: string
  readonly databaseUrl?: string
  /** Server and pages stay up, for people to vote, on this port. */
  readonly serve?: { readonly port: number }
}

export class UsageError extends Error {}

const elections: Record<string, string> = {
  grabowka: pabulibFiles.cumulative,
  swoszowice: pabulibFiles.ordinal,
  rembertow: pabulibFiles.approval,
}

export const usage = `A whole election on this machine: key ceremony, roll, real ballots over HTTP, decryption, verification.

  npm run demo -- [options]

  --election NAME      grabowka (points, 201 ballots; the default and the quickest),
                       swoszowice (ranking, 844 ballots), rembertow (approval, 1,172 ballots)
  --pb FILE            any approval, ordinal or cumulative vote in Pabulib's format (pabulib.org)
  --ballots N          only the first N ballots
  --out DIR            where to leave the record (default: demo-record; must not hold anything else)
  --database-url URL   a PostgreSQL server instead of the embedded database
  --serve              an election to vote in yourself: prints codes and links, and stays up until Ctrl-C
  --port N             with --serve: where the pages are (default: 8080; 0 for any that is free)
  --help
`

/** @throws {UsageError} with a text for whoever typed it. Undefined if only help was asked for. */
export function readOptions(args: readonly string[]): DemoOptions | undefined {
  const values = parse(args)
  if (values.help === true) return undefined
  if (values.pb !== undefined && values.election !== undefined)
    throw new UsageError('--pb and --election exclude each other')
  if (values.port !== undefined && values.serve !== true) throw new UsageError('--port goes with --serve')
  if (values.serve === true)
    for (const name of ['pb', 'election', 'ballots', 'out'] as const)
      if (values[name] !== undefined) throw new UsageError(`--serve and --${name} exclude each other`)
  const out = resolve(values.out ?? 'demo-record')
  checkOut(out)
  return {
    ...fileOf(values),
    out,
    ...(values.ballots === undefined ? {} : { ballots: positive(values.ballots) }),
    ...(values.serve === true ? { serve: { port: portOf(values.port ?? '8080') } } : {}),
    ...(values['database-url'] === undefined ? {} : { databaseUrl: values['database-url'] }),
  }
}

function parse(args: readonly string[]) {
  const string = { type: 'string' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        election: string,
        pb: string,
        ballots: string,
        out: string,
        'database-url': string,
        port: string,
        serve: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function fileOf({ pb, election = 'grabowka' }: { pb?: string; election?: string }): {
  file: string
  name: string
} {
  if (pb !== undefined) return { file: resolve(pb), name: basename(pb) }
  const file = elections[election]
  if (file === undefined || !Object.hasOwn(elections, election))
    throw new UsageError(`no election “${election}”: choose ${Object.keys(elections).join(', ')}`)
  return { file: resolve('packages/testkit/data', file), name: file }
}

function positive(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new UsageError('--ballots takes a whole number from 1')
  return Number(text)
}

function portOf(text: string): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535)
    throw new UsageError('--port takes a number from 0 to 65535')
  return Number(text)
}

/** An earlier demonstration's record may be replaced, nothing else. */
function checkOut(out: string): void {
  if (!existsSync(out)) return
  if (!statSync(out).isDirectory()) throw new UsageError(`${out} is no folder: name another with --out`)
  const foreign = readdirSync(out).filter((name) => !['checkpoint', 'tile', 'payloads'].includes(name))
  if (foreign.length > 0)
    throw new UsageError(
      `${out} holds other things (${foreign.slice(0, 3).join(', ')}): name another folder with --out`,
    )
}
