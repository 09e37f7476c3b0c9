import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { TestDatabase } from './databases.js'
import { keys } from './party.js'

export const root = fileURLToPath(new URL('../../..', import.meta.url))
const bins = {
  server: `${root}packages/server/bin/cista-server.js`,
  verify: `${root}packages/verifier/bin/cista-verify.js`,
}

/** The commands as they are installed, of the sources as they are now. */
export async function buildCommands(): Promise<void> {
  const tsc = `${root}node_modules/typescript/bin/tsc`
  await promisify(execFile)(process.execPath, [
    tsc,
    '-b',
    `${root}packages/server`,
    `${root}packages/verifier/cli`,
  ])
}

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** Runs a command to its end, or for a minute. */
export async function run(
  bin: keyof typeof bins,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [bins[bin], ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, out, err }
}

/** `cista-server` as a process of its own, as operators run it. */
export class ServerProcess {
  readonly child: ChildProcess
  url = ''
  /** All that it has written on standard error. */
  log = ''

  private constructor(child: ChildProcess) {
    this.child = child
  }

  /** Resolves when it listens; rejects with what it said if it ends instead. */
  static async start(
    { data, databaseUrl }: TestDatabase,
    env: Readonly<Record<string, string>> = {},
    args: readonly string[] = [bins.server],
  ): Promise<ServerProcess> {
    const child = spawn(process.execPath, [...args, '--data', data, '--port', '0'], {
      env: {
        PATH: process.env['PATH'],
        DATABASE_URL: databaseUrl,
        CISTA_ORGANISERS: keys.administrators[0]!.key,
        CISTA_RATE_LIMIT: '0',
        CISTA_PAGES: 'none',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const server = new ServerProcess(child)
    child.stderr!.on('data', (chunk: Buffer) => (server.log += chunk.toString()))
    server.url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const [, address] = /^cista-server listening on (http:\S+)$/.exec(line) ?? []
        if (address !== undefined) resolve(address)
      })
      child.once('close', (status) => reject(new Error(`ended with status ${status}: ${server.log}`)))
    })
    return server
  }

  get running(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null
  }

  /** @returns the exit status; null if it had to be killed. */
  async end(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<number | null> {
    if (!this.running) return this.child.exitCode
    const closed = once(this.child, 'close')
    this.child.kill(signal)
    const [status] = (await closed) as [number | null]
    return status
  }
}
