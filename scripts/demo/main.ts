import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { relative } from 'node:path'
import { optionTotals, ballotForm, compileChoice } from '@cista/protocol'
import {
  type Pabulib,
  PabulibError,
  pabulibLanguage,
  parsePabulib,
  publishedTotals,
  toContest,
} from '@cista/testkit'
import { type Report, httpRecord } from '@cista/verifier'
import { bars, detail, say } from './console.js'
import { mirrorRecord } from './mirror.js'
import { type DemoOptions, UsageError, readOptions, usage } from './options.js'
import { run } from './processes.js'
import { serve } from './serve.js'
import { openDemoElection } from './setup.js'
import { castAll } from './voting.js'

const trustees = 3
const threshold = 2

async function demo(options: DemoOptions): Promise<boolean> {
  const pb = await readVote(options)
  const contest = toContest(pb)
  const title = contest.title[pabulibLanguage(pb)]!
  say(`${title}: ${pb.ballots.length} real ballots, ${pb.projects.length} options (${options.name})`)
  const election = await openDemoElection({
    title,
    language: pabulibLanguage(pb),
    contest,
    people: pb.ballots.map((b) => `Voter ${b.voter}`),
    trustees,
    threshold,
    say,
    ...(options.databaseUrl === undefined ? {} : { databaseUrl: options.databaseUrl }),
  })
  try {
    detail(`election id ${election.id}`)
    await election.waitFor('open')
    say('voting is open: every ballot is encrypted and proven here, verified and logged by the server')
    const voters = pb.ballots.map(({ choice }, i) => ({ code: election.codes[i]!, choice }))
    const cast = await castAll(election.server.url, election.id, contest.id, voters)
    detail(
      `${cast} ballots on the board, ${cast - voters.length} of them replaced by a later one of the same voter`,
    )
    await election.organiser('close', '--reason', 'every ballot of the demonstration is cast')
    await election.waitFor('tallied')
    say(
      `voting is closed; trustees 1 and 2 verify the whole board and decrypt the sums, trustee ${trustees} stays away`,
    )
    await Promise.all([1, 2].map((i) => election.trustee(i, 'decrypt', '--wait')))
    await election.waitFor('ended')
    const size = await mirrorRecord(
      httpRecord(`${election.server.url}/elections/${election.id}`, fetch),
      options.out,
    )
    say(`the record, ${size} entries, is verified by a process of its own`)
    const { out, status } = await run(
      'verify',
      [options.out, '--election', election.id, '--json'],
      {},
      [0, 1, 2, 3],
    )
    const report = JSON.parse(out) as Report
    for (const { id, title: check, status: state, looked } of report.checks)
      detail(`${state === 'passed' ? '✓' : '✗'} ${id.padEnd(3)} ${check} (${looked})`)
    const equal = compare(report, pb, options.ballots !== undefined)
    const folder = relative(process.cwd(), options.out) || '.'
    process.stdout.write(`\nThe record is in ${folder}. Verify it again, or on another machine:\n`)
    process.stdout.write(`  npx cista-verify ${folder} --election ${election.id}\n`)
    return status === 0 && report.verdict === 'verified' && equal
  } finally {
    await election.end()
  }
}

async function readVote({ file, name, ballots }: DemoOptions): Promise<Pabulib> {
  if (!existsSync(file)) throw new UsageError(`there is no file ${file}`)
  const pb = parsePabulib(await readFile(file), name)
  if (ballots === undefined) return pb
  if (ballots > pb.ballots.length) throw new UsageError(`${name} has ${pb.ballots.length} ballots only`)
  return { ...pb, ballots: pb.ballots.slice(0, ballots) }
}

/** Prints totals beside those published, or beside a plain count where only some ballots were cast. */
function compare(report: Report, pb: Pabulib, partial: boolean): boolean {
  const contest = toContest(pb)
  const expected = partial ? plainCount(pb) : publishedTotals(pb)
  const [result] = report.results
  const totals = new Map(result?.totals.map((t) => [t.option, t.votes]))
  const language = pabulibLanguage(pb)
  const rows = contest.options.map(({ id, title }) => ({
    name: title[language]!,
    votes: totals.get(id) ?? 0,
    expected: expected.get(id) ?? 0,
  }))
  const equal = result !== undefined && rows.every((r) => r.votes === r.expected)
  process.stdout.write(`\n${bars(rows, partial ? 'plain sum' : 'published')}\n\n`)
  const what = partial ? 'a plain count of the same ballots' : 'the published totals'
  process.stdout.write(
    equal
      ? `Equal to ${what}, every one; verdict: ${report.verdict}.\n`
      : `NOT equal to ${what}; verdict: ${report.verdict}.\n`,
  )
  return equal
}

/** The same ballots, added up in the clear. */
function plainCount(pb: Pabulib): Map<string, number> {
  const contest = toContest(pb)
  const { outputs } = ballotForm(contest)
  const sums = outputs.map(() => 0)
  for (const { choice } of pb.ballots) {
    const compiled = compileChoice(contest, choice)
    if ('fault' in compiled) throw new Error(compiled.fault.why)
    outputs.forEach(({ cells, weights }, o) => {
      sums[o]! += cells.reduce((sum, cell, i) => sum + compiled.bits[cell]! * weights[i]!, 0)
    })
  }
  return new Map(optionTotals(contest, sums).map((t) => [t.option, t.votes]))
}

try {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) process.stdout.write(usage)
  else if (options.serve !== undefined) await serve({ ...options, ...options.serve })
  else process.exitCode = (await demo(options)) ? 0 : 1
} catch (error) {
  if (error instanceof UsageError || error instanceof PabulibError) {
    process.stderr.write(
      `demo: ${error.message}\n${error instanceof UsageError ? '\nnpm run demo -- --help lists the options.\n' : ''}`,
    )
    process.exitCode = 2
  } else {
    process.stderr.write(`\ndemo: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
