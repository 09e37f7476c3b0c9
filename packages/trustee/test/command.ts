import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { lockState, unlockState } from '@cista/trustee'
import { testTimes } from '@cista/testkit'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { BoardServer } from './boardServer.js'
import { Trustees } from './support.js'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
export const bin = path('../bin/cista-trustee.js')
export const passphrase = 'correct horse battery'

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

let folder: string
const servers: BoardServer[] = []

/** Builds the program as it is installed, of the source as it is now, and makes a folder for it to run in. */
export function useCommand(): void {
  beforeAll(async () => {
    const tsc = path('../../../node_modules/typescript/bin/tsc')
    await promisify(execFile)(process.execPath, [tsc, '-b', path('..'), path('../cli')])
    folder = await mkdtemp(join(tmpdir(), 'cista-trustee-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())))
}

export const file = (name: string): string => join(folder, name)

/** The process, and its outcome once it has ended. */
export function begin(args: readonly string[], env: Record<string, string> = {}, input = '') {
  const child = spawn(process.execPath, [bin, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], CISTA_PASSPHRASE: passphrase, CISTA_WORK_FACTOR: '2', ...env },
  })
  child.stdin.end(input)
  return outcomeOf(child)
}

export function outcomeOf(child: ChildProcess) {
  let [out, err, from] = ['', '', 0]
  const heard: (() => void)[] = []
  child.stdout!.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr!.on('data', (chunk: Buffer) => {
    err += chunk.toString()
    heard.splice(0).forEach((resume) => resume())
  })
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }))
  })
  return {
    outcome,
    /** Resolves once it says so on its standard error, after what was waited for before. */
    async says(text: string): Promise<void> {
      while (!err.includes(text, from)) await new Promise<void>((resume) => heard.push(resume))
      from = err.indexOf(text, from) + text.length
    },
  }
}

export const run = (args: readonly string[], env: Record<string, string> = {}, input = '') =>
  begin(args, env, input).outcome

export const good = async (...args: string[]): Promise<string> => {
  const { code, out, err } = await run(args)
  expect({ code, err }).toMatchObject({ code: 0 })
  return out
}

/** The trustees' files, a server, and what every command needs. */
export async function election(t: Trustees) {
  const server = new BoardServer(t.simulation)
  servers.push(server)
  const url = await server.start()
  const name = (i: number) => `${t.id.slice(0, 8)}-${servers.length}-${process.hrtime.bigint()}-${i}.age`
  const files = new Map(t.all.map((i) => [i, name(i)]))
  for (const i of t.all) await writeFile(file(files.get(i)!), await lockState(t.state(i), passphrase, 2))
  const on = ['--server', url, '--election', t.id]
  const args = (i: number, command: string, ...more: string[]) => [
    command,
    '--file',
    files.get(i)!,
    ...on,
    ...more,
  ]
  const stateOf = async (i: number) => {
    const unlocked = await unlockState(await readFile(file(files.get(i)!)), passphrase)
    if ('fault' in unlocked) throw new Error(unlocked.why)
    return unlocked.state
  }
  return { server, url, files, args, stateOf }
}

/** An election that can still open by this machine's clock, which the command goes by. */
export const inSetup = () =>
  new Trustees({ manifest: { schedule: { opens: testTimes.opens, closes: '2099-01-05T17:00:00Z' } } })
