import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { equalBytes, openCheckpoint, rootOf } from '@cista/board'
import { checkReceipt, httpConnection, openElection } from '@cista/client'
import type { Choice, Contest } from '@cista/protocol'
import { type Fetch, examineRecord, httpRecord, policyOf } from '@cista/verifier'
import { run } from '../demo/processes.js'
import { openDemoElection } from '../demo/setup.js'
import { strike } from './faults.js'
import { Machine } from './machine.js'
import { readOptions, usage } from './options.js'
import { startWitnesses } from './witnesses.js'
import { type Casting, castUntil, lookAround } from './voters.js'

const options = readOptions(process.argv.slice(2))
const { CISTA_CHAOS_DATABASE_URL: databaseUrl, CISTA_CHAOS_DATABASE_FOLDER: databaseFolder } = process.env
if (options === undefined || databaseUrl === undefined || databaseFolder === undefined) {
  process.stderr.write(usage)
  process.exit(2)
}
const passphrase = { CISTA_PASSPHRASE: 'a demonstration keeps no secrets', CISTA_WORK_FACTOR: '8' }
const say = (text: string) => process.stdout.write(`${text}\n`)
const started = performance.now()
const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`

const contest: Contest = {
  id: 'question',
  kind: 'selection',
  max: 1,
  min: 0,
  options: ['yes', 'no', 'perhaps'].map((id) => ({ id, title: { en: id } })),
  title: { en: 'Shall it be?' },
}
const choices: readonly Choice[] = [
  ...contest.options.map(({ id }): Choice => ({ kind: 'selection', selected: [id] })),
  { kind: 'selection', selected: [] },
]

say(
  `chaos, seed ${options.seed}: ${options.faults} faults, ${options.replicas} replicas, ${options.witnesses} witnesses`,
)
const folder = await mkdtemp(join(tmpdir(), 'cista-chaos-'))
const witnesses = await startWitnesses(options.witnesses, folder)
let election: Awaited<ReturnType<typeof openDemoElection>> | undefined
let servers: Machine[] = []
try {
  process.exitCode = (await chaos()) ? 0 : 1
} finally {
  await Promise.all([...servers, ...witnesses.machines].map((machine) => machine.end('SIGKILL')))
  await election?.end()
  await rm(folder, { recursive: true, force: true })
}

async function chaos(): Promise<boolean> {
  const { replicas, faults, seed, voters } = options!
  const serverEnv = witnesses.machines.length === 0 ? {} : { CISTA_WITNESSES: join(folder, 'witnesses') }
  election = await openDemoElection({
    title: 'Chaos',
    language: 'en',
    contest,
    people: Array.from({ length: voters }, (_, i) => `Voter ${i + 1}`),
    trustees: 3,
    threshold: 2,
    databaseUrl: databaseUrl!,
    manifest: { revisions: 1000, witnesses: { keys: witnesses.keys } },
    serverEnv,
    say: (text) => say(`  ${text}`),
    defined: witnesses.follow,
  })
  const { id } = election
  await election.waitFor('open')
  await election.server.stop()
  const common = {
    ...serverEnv,
    DATABASE_URL: databaseUrl!,
    CISTA_ORGANISERS: election.administrator,
    CISTA_BOARD_SECRET_FILE: join(election.folder, 'server', 'board-secret'),
    CISTA_RATE_LIMIT: '0',
    CISTA_WORKERS: '1',
    CISTA_LOG_LEVEL: 'error',
  }
  servers = Array.from(
    { length: replicas },
    (_, i) =>
      new Machine(
        `server ${i + 1}`,
        'server',
        (port) => ['--data', join(folder, `server-${i + 1}`), '--port', `${port}`],
        common,
      ),
  )
  await Promise.all(servers.map((server) => server.start()))
  const opened = await openElection(httpConnection(servers[0]!.url, id, fetch), id)
  say(`${seconds()}: voting is open, faults begin`)

  const casting: Casting = { acknowledged: [], wrongs: [], notes: new Set() }
  let over = false
  const stop = () => over
  const votes = castUntil(
    stop,
    opened,
    servers,
    election.codes,
    contest.id,
    (n) => choices[n % 4]!,
    12,
    casting,
  )
  const looks = lookAround(stop, id, servers, casting.notes)
  const counts = await strike(
    { servers, witnesses: witnesses.machines, databaseFolder: databaseFolder! },
    seed,
    faults,
    (fault, number) => {
      if (number % 20 === 0 || number === faults)
        say(
          `  ${seconds()}: fault ${number} of ${faults} (${fault}), ${casting.acknowledged.length} ballots acknowledged`,
        )
    },
    () => casting.acknowledged.length,
  )
  over = true
  await Promise.all([votes, looks])
  for (const [kind, count] of counts) say(`  ${String(count).padStart(4)} × ${kind}`)

  const server = servers[0]!.url
  const on = ['--server', server, '--election', id]
  say(`${seconds()}: closing, adding up, decrypting`)
  await organiser('close', ...on, '--reason', 'enough')
  const trustee = (i: number) =>
    run(
      'trustee',
      ['decrypt', ...on, '--wait', '--file', join(election!.folder, `trustee-${i}.age`)],
      passphrase,
    )
  await Promise.all([1, 2].map(trustee))
  return judge(casting, id, server)
}

/** Holds the final record against everything that voters were told. */
async function judge({ acknowledged, wrongs, notes }: Casting, id: string, server: string): Promise<boolean> {
  const source = httpRecord(`${server}/elections/${id}`, fetch as Fetch)
  let examined = await examineRecord(source, { election: id })
  for (let i = 0; i < 60 && examined.report.verdict === 'unfinished'; i++) {
    await new Promise((resolve) => setTimeout(resolve, 500))
    examined = await examineRecord(source, { election: id })
  }
  const { report, checked } = examined
  const { board, definition } = checked
  const wrong = (text: string) => wrongs.push(text)
  if (report.verdict !== 'verified' || board === undefined || definition === undefined) {
    wrong(
      `the record: ${report.verdict} ${JSON.stringify(report.checks.flatMap((c) => c.findings).slice(0, 5))}`,
    )
    return tell()
  }
  const times = new Map<string, number>()
  for (const { entry } of board.entries)
    if (entry.kind === 'ballot') times.set(entry.payload, (times.get(entry.payload) ?? 0) + 1)
  for (const { tracker } of acknowledged)
    if (times.get(tracker) !== 1)
      wrong(`ballot ${tracker} was acknowledged and is on the board ${times.get(tracker) ?? 0} times`)
  if (times.size !== acknowledged.length)
    wrong(`${times.size} ballots on the board, ${acknowledged.length} acknowledged`)
  const opened = await openElection(httpConnection(server, id, fetch), id)
  for (const { entry, receipt, tracker } of acknowledged)
    checkReceipt(opened, { entry, proof: receipt }, tracker)
  const leaves = board.leaves
  for (const note of notes) {
    const { size, root } = openCheckpoint(note, policyOf(definition)).checkpoint
    if (!equalBytes(rootOf(leaves.slice(0, size)), root))
      wrong(`a checkpoint of ${size} entries is of another board`)
  }
  const last = new Map(acknowledged.map(({ voter, choice }) => [voter, choice]))
  const expected = contest.options.map(
    ({ id: option }) =>
      [...last.values()].filter((c) => c.kind === 'selection' && c.selected.includes(option)).length,
  )
  const totals = report.results[0]!.totals.map((t) => t.votes)
  if (String(totals) !== String(expected))
    wrong(`totals ${totals.join(', ')} instead of ${expected.join(', ')}`)
  say(`  record verified: ${board.entries.length} entries, totals ${totals.join(', ')} as voted`)
  return tell()

  function tell(): boolean {
    const tries = acknowledged.reduce((sum, a) => sum + a.tries, 0)
    say(
      `  ${acknowledged.length} ballots acknowledged in ${tries} requests, each once on the board; every receipt verified`,
    )
    say(`  ${notes.size} different checkpoints seen at ${servers.length} replicas, all of one history`)
    for (const text of wrongs.slice(0, 20)) say(`  WRONG: ${text}`)
    if (wrongs.length > 0)
      for (const machine of servers) say(`--- ${machine.name}\n${machine.said.slice(-3000)}`)
    say(
      `${wrongs.length === 0 ? 'PASSED' : `FAILED (${wrongs.length})`} in ${seconds()}, seed ${options!.seed}`,
    )
    return wrongs.length === 0
  }
}

function organiser(command: string, ...args: string[]) {
  const key = ['--key', join(election!.folder, 'administrator.age')]
  return run('organiser', [command, ...args, ...key], passphrase)
}
