import { createInterface } from 'node:readline'
import type { Contest, Manifest } from '@cista/protocol'
import { detail, say } from './console.js'
import { run } from './processes.js'
import { type DemoElection, openDemoElection } from './setup.js'
import { town } from './town.js'

export interface ServePlan {
  readonly port: number
  readonly databaseUrl?: string
}

const voters = 8
const pages = 'packages/web/dist/pages'

/** An election with a question of each kind, to vote in with a browser: stays up until it is told to end. */
export async function serve({ port, databaseUrl }: ServePlan): Promise<void> {
  const { out } = await run('organiser', ['page-hashes', pages, '--json'])
  const { page } = JSON.parse(out) as Pick<Manifest, 'page'>
  const contest: Contest = town.contests[0]!
  const election = await openDemoElection({
    title: town.title['en']!,
    language: 'en',
    contest,
    people: Array.from({ length: voters }, (_, i) => `Voter ${i + 1}`),
    trustees: 3,
    threshold: 2,
    port,
    manifest: { ...town, page, revisions: 16 },
    serverEnv: { CISTA_PAGES: pages },
    say,
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  })
  try {
    await election.waitFor('open')
    show(election)
    const told = await nextWord()
    if (told === 'end') return
    await count(election)
    await nextWord()
  } finally {
    await election.end()
  }
}

function show({ server, id, codes }: DemoElection): void {
  const address = (name: string) => `${server.url}/${name}.html?election=${id}`
  say('voting is open')
  process.stdout.write(`\n  The election    ${address('index')}\n`)
  process.stdout.write(`  Test a ballot   ${address('test')}   (a second device, or another window)\n\n`)
  process.stdout.write('Codes, each with a link as an invitation has it:\n\n')
  for (const code of codes) process.stdout.write(`  ${code}\n  ${address('vote')}#${code}\n\n`)
  process.stdout.write('Press Enter to close voting and count, or Ctrl-C to end.\n')
}

async function count(election: DemoElection): Promise<void> {
  say('voting is closed; trustees 1 and 2 verify the whole board and decrypt the sums')
  await election.organiser('close', '--reason', 'everybody who tried it has voted')
  await election.waitFor('tallied')
  const { ballots } = await election.status()
  detail(`${String(ballots)} ballots on the board`)
  await Promise.all([1, 2].map((i) => election.trustee(i, 'decrypt', '--wait')))
  await election.waitFor('ended')
  const address = (name: string) => `${election.server.url}/${name}.html?election=${election.id}`
  process.stdout.write(`\n  Results            ${address('results')}\n`)
  process.stdout.write(`  Verify it yourself ${address('verify')}\n`)
  process.stdout.write(
    `  or elsewhere       npx cista-verify ${election.server.url}/elections/${election.id} --election ${election.id}\n`,
  )
  process.stdout.write('\nPress Enter or Ctrl-C to end.\n')
}

/** Enter, or that this process is to end. Where nobody can press Enter, only the latter. */
function nextWord(): Promise<'enter' | 'end'> {
  return new Promise((resolve) => {
    const input = process.stdin.isTTY ? createInterface({ input: process.stdin }) : undefined
    const done = (word: 'enter' | 'end') => {
      input?.close()
      process.stdin.pause()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, ended)
      resolve(word)
    }
    const ended = () => done('end')
    input?.once('line', () => done('enter'))
    input?.once('SIGINT', ended)
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, ended)
  })
}
