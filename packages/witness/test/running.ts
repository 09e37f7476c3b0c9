import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const bin = path('../bin/cista-witness.js')

/** The command as it is installed, of the sources as they are now. */
export async function buildCommand(): Promise<void> {
  const tsc = path('../../../node_modules/typescript/bin/tsc')
  await promisify(execFile)(process.execPath, [tsc, '-b', path('..'), path('../cli')])
}

export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command to its end, or for half a minute. */
export async function command(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...args], { timeout: 30_000 })
  let [out, err] = ['', '']
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code: code ?? -1, out, err }
}

export interface Reply {
  readonly status: number
  readonly type: string | null
  readonly text: string
}

/** A witness's own folder: its key, its state, its list of elections; and the process, which tests may kill and start again. */
export class TestWitness {
  readonly folder: string
  readonly vkey: string
  url = ''
  /** What it has said on standard error. */
  said = ''
  #child: ChildProcess | undefined

  private constructor(folder: string, vkey: string) {
    this.folder = folder
    this.vkey = vkey
  }

  static async create(name: string, elections: readonly string[]): Promise<TestWitness> {
    const folder = await mkdtemp(join(tmpdir(), 'cista-witness-test-'))
    const { code, out, err } = await command('key', 'new', '--file', join(folder, 'key'), '--name', name)
    if (code !== 0) throw new Error(err)
    const witness = new TestWitness(folder, out.trim())
    await witness.list(elections)
    return witness
  }

  /** The same files for another process. */
  twin(): TestWitness {
    return new TestWitness(this.folder, this.vkey)
  }

  file(name: string): string {
    return join(this.folder, name)
  }

  async list(elections: readonly string[]): Promise<void> {
    await writeFile(this.file('elections'), `# boards\n${elections.join('\n')}\n`)
  }

  args(...more: readonly string[]): string[] {
    const { folder } = this
    const files = ['--file', join(folder, 'key'), '--state', join(folder, 'state')]
    return ['run', ...files, '--elections', join(folder, 'elections'), '--port', '0', ...more]
  }

  /** Resolves when it listens; rejects with what it said if it ends instead. */
  async start(...more: readonly string[]): Promise<this> {
    const child = spawn(process.execPath, [bin, ...this.args(...more)], { stdio: ['ignore', 'pipe', 'pipe'] })
    this.said = ''
    child.stderr.on('data', (chunk: Buffer) => (this.said += chunk.toString()))
    this.url = await new Promise<string>((resolve, reject) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        const [, url] = /listening on (http:\S+)$/.exec(line) ?? []
        if (url !== undefined) resolve(url)
      })
      child.once('close', (status) => reject(new Error(`ended with status ${status}: ${this.said}`)))
    })
    this.#child = child
    return this
  }

  get pid(): number {
    return this.#child!.pid!
  }

  /** @returns the exit status. */
  async end(signal: 'SIGKILL' | 'SIGTERM' = 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null
    const closed = once(child, 'close')
    child.kill(signal)
    const [status] = (await closed) as [number | null]
    return status
  }

  async remove(): Promise<void> {
    await this.end('SIGKILL')
    await rm(this.folder, { recursive: true, force: true })
  }

  async post(body: string | Uint8Array, to = '/add-checkpoint'): Promise<Reply> {
    const response = await fetch(`${this.url}${to}`, {
      method: 'POST',
      body: typeof body === 'string' ? body : new Uint8Array(body),
    })
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    }
  }

  async get(at: string): Promise<Reply> {
    const response = await fetch(`${this.url}${at}`)
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      text: await response.text(),
    }
  }

  /** Waits until it has said something. */
  async says(what: string): Promise<void> {
    for (let tries = 0; !this.said.includes(what); tries++) {
      if (tries > 400) throw new Error(`never said “${what}”: ${this.said}`)
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
  }

  state(name: string): Promise<string> {
    return readFile(join(this.folder, 'state', name), 'utf8')
  }
}
