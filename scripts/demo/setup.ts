import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contest, Manifest } from '@cista/protocol'
import { type Fetch, getJson } from '@cista/verifier'
import { type RunningServer, run, startServer } from './processes.js'

/** Locks of a demonstration's files are cheap: they are gone with it. */
const env = { CISTA_PASSPHRASE: 'a demonstration keeps no secrets', CISTA_WORK_FACTOR: '8' }

export interface DemoElection {
  readonly id: string
  readonly server: RunningServer
  /** Codes of the people on the roll, in their order. */
  readonly codes: readonly string[]
  readonly folder: string
  /** Status as the server tells it. */
  status(): Promise<Readonly<Record<string, unknown>>>
  waitFor(stage: string): Promise<void>
  organiser(command: string, ...args: string[]): Promise<string>
  trustee(index: number, command: string, ...args: string[]): Promise<string>
  readonly administrator: string
  /** Ends the server and removes the folder with keys and database. */
  end(): Promise<void>
}

export interface DemoPlan {
  readonly title: string
  readonly language: string
  readonly contest: Contest
  /** Names of the people who may vote. */
  readonly people: readonly string[]
  readonly trustees: number
  readonly threshold: number
  readonly databaseUrl?: string
  /** Where the server listens; any free port if not said. */
  readonly port?: number
  /** More of the manifest, in its readable form. */
  readonly manifest?: Readonly<Record<string, unknown>>
  /** More of the server's environment. */
  readonly serverEnv?: Readonly<Record<string, string>>
  /** Before the election is posted, with the board's verifier key. */
  readonly defined?: (board: string) => Promise<void>
  readonly say: (text: string) => void
}

/** From nothing to open voting: keys, server, manifest, roll, and a key ceremony of trustees in processes of their own. */
export async function openDemoElection(plan: DemoPlan): Promise<DemoElection> {
  const folder = await mkdtemp(join(tmpdir(), 'cista-demo-'))
  const file = (name: string) => join(folder, name)
  const trusteeFile = (i: number) => file(`trustee-${i}.age`)
  const indices = Array.from({ length: plan.trustees }, (_, i) => i + 1)
  let server: RunningServer | undefined
  try {
    plan.say(`keys for an administrator, a registrar and ${plan.trustees} trustees`)
    const [administrator, registrar, ...trustees] = await Promise.all([
      newKey('organiser', [
        'key',
        'new',
        '--role',
        'administrator',
        '--name',
        'Administrator',
        '--file',
        file('administrator.age'),
      ]),
      newKey('organiser', [
        'key',
        'new',
        '--role',
        'registrar',
        '--name',
        'Registrar',
        '--file',
        file('registrar.age'),
      ]),
      ...indices.map((i) => newKey('trustee', ['new', '--name', `Trustee ${i}`, '--file', trusteeFile(i)])),
    ])
    plan.say('a ballot server')
    server = await startServer(['--data', file('server'), '--port', String(plan.port ?? 0)], {
      CISTA_ORGANISERS: administrator!,
      CISTA_RATE_LIMIT: '0',
      ...(plan.databaseUrl === undefined ? {} : { DATABASE_URL: plan.databaseUrl }),
      ...plan.serverEnv,
    })
    plan.say('the definition of the election, signed and posted')
    await writeFile(
      file('election.json'),
      JSON.stringify(draft(plan, administrator!, registrar!, trustees), null, 2),
    )
    await organiser('manifest', file('election.json'), '--out', file('manifest.json'), '--server', server.url)
    const made = JSON.parse(await readFile(file('manifest.json'), 'utf8')) as Manifest
    await plan.defined?.(made.board)
    await organiser(
      'create',
      '--server',
      server.url,
      '--manifest',
      file('manifest.json'),
      '--key',
      file('administrator.age'),
    )
    const { createHash } = await import('node:crypto')
    const id = createHash('sha256')
      .update(await readFile(file('manifest.json')))
      .digest('hex')
    const on = ['--server', server.url, '--election', id]

    plan.say(`codes for ${plan.people.length} people; their public keys become the roll`)
    await writeFile(file('people.csv'), `name\n${plan.people.map((p) => `${p}\n`).join('')}`)
    await organiser(
      'credentials',
      '--manifest',
      file('manifest.json'),
      '--csv',
      file('people.csv'),
      '--out-codes',
      file('codes.csv'),
      '--out-roll',
      file('roll.json'),
    )
    await organiser('roll', ...on, '--roll', file('roll.json'), '--key', file('registrar.age'))
    await organiser('seal', ...on, '--key', file('registrar.age'))

    plan.say(`the key ceremony of ${plan.trustees} trustees, any ${plan.threshold} of whom can decrypt`)
    const trustee = async (i: number, command: string, ...args: string[]) =>
      (await run('trustee', [command, ...on, '--file', trusteeFile(i), ...args], env)).out
    await Promise.all(indices.map((i) => trustee(i, 'ceremony', '--wait')))

    const url = server.url
    const status = async () => {
      const answer = await getJson(`${url}/api/elections/${id}`, fetch as Fetch)
      if (answer === undefined) throw new Error('the server has lost the election')
      return answer
    }
    const running = server
    return {
      id,
      server: running,
      codes: (await readFile(file('codes.csv'), 'utf8')).trim().split(/\r?\n/).slice(1).map(codeOf),
      folder,
      administrator: administrator!,
      status,
      async waitFor(stage) {
        while ((await status())['stage'] !== stage) await new Promise((r) => setTimeout(r, 200))
      },
      organiser: (command, ...args) => organiser(command, ...on, '--key', file('administrator.age'), ...args),
      trustee,
      async end() {
        await running.stop()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await server?.stop()
    await rm(folder, { recursive: true, force: true })
    throw error
  }

  async function newKey(command: 'organiser' | 'trustee', args: readonly string[]): Promise<string> {
    const { out } = await run(command, args, env)
    const key = /key: ([0-9a-f]{64})/.exec(out)?.[1]
    if (key === undefined) throw new Error(`cista-${command} printed no key:\n${out}`)
    return key
  }

  async function organiser(command: string, ...args: string[]): Promise<string> {
    return (await run('organiser', [command, ...args], env)).out
  }
}

/** The readable form that an organiser writes; `cista-organiser manifest` makes the canonical one of it. */
function draft(plan: DemoPlan, administrator: string, registrar: string, trustees: readonly string[]) {
  const { contest, language, title, people, threshold } = plan
  const now = Date.now()
  const time = (ms: number) => `${new Date(ms).toISOString().slice(0, 19)}Z`
  return {
    title: { [language]: title },
    languages: [language],
    contests: [contest],
    schedule: { opens: time(now), closes: time(now + 24 * 3600_000) },
    trustees: trustees.map((key, i) => ({ name: `Trustee ${i + 1}`, key })),
    threshold,
    administrators: { keys: [{ name: 'Administrator', key: administrator }], quorum: 1 },
    registrars: { keys: [{ name: 'Registrar', key: registrar }], quorum: 1 },
    origin: `demo.cista.example/${now}`,
    closeOnRequest: true,
    minimumBallots: 1,
    maximumWeight: people.length,
    ...plan.manifest,
  } satisfies Record<string, unknown> & Partial<Record<keyof Manifest, unknown>>
}

/** The last column of a row: codes hold no comma and no quote. */
const codeOf = (row: string): string => row.slice(row.lastIndexOf(',') + 1).replaceAll('"', '')
