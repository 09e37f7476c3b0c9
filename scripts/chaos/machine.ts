import { type ChildProcess, execFile } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { start } from '../demo/processes.js'

/** Milliseconds in which it must listen again. */
const patience = 90_000

/** A process that is started again, on the same port, whenever it ends. */
export class Machine {
  readonly name: string
  url = ''
  readonly #command: Parameters<typeof start>[0]
  readonly #args: (port: number) => readonly string[]
  readonly #env: Readonly<Record<string, string>>
  #child: ChildProcess | undefined
  #said = ''
  #frozen = false
  #starting: Promise<void> | undefined

  /** @param args port 0 lets the system choose one; later starts are given the same. */
  constructor(
    name: string,
    command: Parameters<typeof start>[0],
    args: (port: number) => readonly string[],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.name = name
    this.#command = command
    this.#args = args
    this.#env = env
  }

  get isUp(): boolean {
    return this.#starting === undefined && !this.#frozen && this.#isAlive
  }

  get #isAlive(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null
  }

  /** What it has written to standard error. */
  get said(): string {
    return this.#said
  }

  /** Resolves when it listens. Tries again where it ends before, as a supervisor would: the database may be starting. */
  async start(): Promise<void> {
    if (this.#starting === undefined && this.#isAlive) return
    this.#starting ??= this.#startUntilItListens().finally(() => {
      this.#starting = undefined
    })
    await this.#starting
  }

  async #startUntilItListens(): Promise<void> {
    for (const until = Date.now() + patience; ; ) {
      const url = await this.#startOnce()
      if (url !== undefined) {
        this.url = url
        return
      }
      if (Date.now() > until) throw new Error(`${this.name} does not start:\n${this.#said.slice(-4000)}`)
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }

  async #startOnce(): Promise<string | undefined> {
    const port = this.url === '' ? 0 : Number(new URL(this.url).port)
    const child = start(this.#command, this.#args(port), this.#env)
    this.#child = child
    child.stderr!.on('data', (part: Buffer) => (this.#said = (this.#said + part.toString()).slice(-100_000)))
    const ended = once(child, 'exit').then(() => undefined)
    const listening = new Promise<string>((found) => {
      createInterface({ input: child.stdout! }).on('line', (line) => {
        const match = /listening on (http:\/\/[^\s"]+)/.exec(line)
        if (match !== null) found(match[1]!)
      })
    })
    return Promise.race([listening, ended])
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exit = once(child, 'exit')
    child.kill(signal)
    if (signal === 'SIGTERM') child.kill('SIGCONT')
    await exit
  }

  freeze(): void {
    this.#frozen = this.#child?.kill('SIGSTOP') === true
  }
  thaw(): void {
    this.#child?.kill('SIGCONT')
    this.#frozen = false
  }
}

/** @param mode `immediate` is a crash. */
export async function restartDatabase(folder: string, mode: 'fast' | 'immediate'): Promise<void> {
  const script = `source scripts/postgres.sh; postgres_folder=${folder}; find_postgres && restart_postgres ${mode}`
  await promisify(execFile)('bash', ['-c', script])
}
