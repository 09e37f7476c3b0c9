import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { resolve } from 'node:path'

const bins = {
  server: 'packages/server/bin/cista-server.js',
  organiser: 'packages/organiser/bin/cista-organiser.js',
  trustee: 'packages/trustee/bin/cista-trustee.js',
  verify: 'packages/verifier/bin/cista-verify.js',
  witness: 'packages/witness/bin/cista-witness.js',
} as const

/** One of our commands, in a process of its own. */
export function start(
  command: keyof typeof bins,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ChildProcess {
  return spawn(process.execPath, [resolve(bins[command]), ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

/** Runs a command to its end. @returns what it printed. @throws {Error} with all it said, on an exit status not allowed. */
export async function run(
  command: keyof typeof bins,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  allowed: readonly number[] = [0],
): Promise<{ readonly out: string; readonly status: number }> {
  const child = start(command, args, env)
  const [out, err, [status]] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    once(child, 'close') as Promise<[number]>,
  ])
  if (!allowed.includes(status))
    throw new Error(`cista-${command} ${args[0] ?? ''} ended with status ${status}:\n${out}${err}`)
  return { out, status }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString('utf8')
}

export interface RunningServer {
  readonly url: string
  stop(): Promise<void>
}

/** Starts the server on a free port and waits until it says where it listens. */
export async function startServer(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<RunningServer> {
  const child = start('server', args, env)
  const said: string[] = []
  child.stderr!.on('data', (part: Buffer) => said.push(part.toString()))
  const url = await new Promise<string>((found, lost) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      said.push(`${line}\n`)
      const match = /listening on (http:\/\/[^\s"]+)/.exec(line)
      if (match !== null) found(match[1]!)
    })
    child.once('exit', (status) =>
      lost(new Error(`the server ended with status ${status}:\n${said.join('')}`)),
    )
  })
  return {
    url,
    async stop() {
      if (child.exitCode !== null) return
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}
