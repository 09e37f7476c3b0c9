import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DecodeError } from '@cista/board'
import { RecordUnavailable, type Report, type SeenCheckpoint, Watch, type WatchEvent } from '@cista/verifier'
import { type Command, InvalidArgumentError } from 'commander'
import { writeEvidence } from './evidence.js'
import { printReport } from './print.js'
import { terminalLine } from './progress.js'
import { couldNotRun, electionId, explain, noteAt, print, recordAt, replaceFile, timeNow } from './shared.js'
import { harmless, jsonText } from './words.js'
import { eventLines, exhibitsOf, isWrong } from './watchWords.js'
import { workerPool } from './workerPool.js'

interface Options {
  readonly election: string
  readonly state?: string
  readonly interval: number
  readonly stall: number
  readonly once?: true
  readonly compare?: readonly string[]
  readonly json?: true
}

const exitStatus = { verified: 0, refuted: 1, unfinished: 3 } as const

export function addWatch(program: Command): void {
  program
    .command('watch')
    .description('follow an election: verify what is new, and shout when something is wrong')
    .argument('<record>', 'address of the record (https://…/elections/ID), or its folder (required)')
    .requiredOption('--election <id>', 'the published election id (required)', electionId)
    .option(
      '--state <folder>',
      'where the last verified checkpoint and evidence are kept (default: watch-, and the first digits of the id)',
    )
    .option('--interval <seconds>', 'how long to wait between rounds', seconds, 60)
    .option('--stall <seconds>', 'after how long to shout about what does not come', seconds, 600)
    .option(
      '--compare <place>',
      'a file or address with a checkpoint that others see, looked at in each round; may be repeated (default: none)',
      (place: string, before?: readonly string[]) => [...(before ?? []), place],
    )
    .option('--once', 'one round, and no more (default: until the election has ended)')
    .option('--json', 'print a line of JSON for each event (default: in words)')
    .addHelpText(
      'after',
      `
The first round verifies everything from the start, each later one what is new. It ends with the election, by verifying the
whole record once more. Checkpoints for --compare are from other networks, other observers, witnesses: that is what shows
whether the server shows others another board.
Exit status: 0 nothing wrong, 1 something was, 2 could not be run (or, with --once, no answer), 3 the election ended without
a result.

Examples:
  cista-verify watch https://vote.example.org/elections/2f0c… --election 2f0c…
  cista-verify watch https://… --election 2f0c… --compare https://observer.example/2f0c…/checkpoint --json >> watch.log`,
    )
    .action(async (record: string, options: Options) => {
      process.exitCode = await watch(record, options)
    })
}

async function watch(record: string, options: Options): Promise<number> {
  const { election, json, once, interval, stall, compare = [] } = options
  const folder = options.state ?? `watch-${election.slice(0, 8)}`
  const file = join(folder, 'checkpoint')
  await mkdir(folder, { recursive: true })
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  const stop = new AbortController()
  const end = () => stop.abort()
  process.once('SIGINT', end).once('SIGTERM', end)
  const pool = workerPool()
  const line = terminalLine(process.stderr)
  const watching = new Watch({
    election,
    stall,
    kept,
    pool,
    clock: () => Date.now() / 1000,
    progress: (done, total) => line.show(`${done} of ${total} entries`),
  })
  const source = recordAt(record)
  let saved = kept
  let wrong = false
  const notThere = new Set<string>()
  if (!json)
    await say([
      'verifying from the start' + (kept === undefined ? '' : ', then comparing with what was seen before'),
    ])
  try {
    for (;;) {
      const events = await watching.step(source, await seenByOthers())
      line.clear()
      for (const event of events) await tell(event)
      const { checkpoint } = watching
      if (checkpoint !== undefined && checkpoint !== saved) await replaceFile(file, checkpoint)
      saved = checkpoint ?? saved
      const ended = events.find((e) => e.kind === 'examined' && e.ended)
      if (ended?.kind === 'examined') return await finish(ended.report)
      if (once) return !wrong && events.some((e) => e.kind === 'unreachable') ? couldNotRun : Number(wrong)
      await sleep(1000 * interval, undefined, { signal: stop.signal }).catch(() => undefined)
      if (stop.signal.aborted) return Number(wrong)
    }
  } catch (error) {
    if (error instanceof DecodeError && error.path.startsWith('kept checkpoint'))
      throw new RecordUnavailable(
        `${file} is no checkpoint of this board: ${error.why}. Name another folder with --state, or remove it`,
      )
    throw error
  } finally {
    line.clear()
    process.off('SIGINT', end).off('SIGTERM', end)
    await pool.close()
  }

  /** What is to be compared, as far as it is there; of what is not, told once. */
  async function seenByOthers(): Promise<SeenCheckpoint[]> {
    const seen: SeenCheckpoint[] = []
    for (const name of compare)
      try {
        seen.push({ name, note: await noteAt(name) })
        notThere.delete(name)
      } catch (error) {
        if (!notThere.has(name)) await tell({ kind: 'not-compared', name, why: explain(error) })
        notThere.add(name)
      }
    return seen
  }

  async function tell(event: WatchEvent): Promise<void> {
    wrong ||= isWrong(event)
    const exhibits = exhibitsOf(event)
    const { definition } = watching
    const evidence =
      exhibits === undefined || definition === undefined
        ? undefined
        : await writeEvidence(folder, definition, exhibits, timeNow())
    if (json) await print(jsonText({ time: timeNow(), ...event, ...(evidence && { evidence }) }))
    else await say([...eventLines(event), ...(evidence ? [`Evidence is written to ${evidence}.`] : [])])
  }

  async function finish(report: Report): Promise<number> {
    if (!json) await print(printReport(report, watching.definition, { election }).trimEnd())
    return wrong ? 1 : exitStatus[report.verdict]
  }
}

async function say([first, ...more]: readonly string[]): Promise<void> {
  await print(harmless([`${timeNow()}  ${first}`, ...more.map((text) => `    ${text}`)].join('\n')))
}

function seconds(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < 1 || value > 1_000_000_000)
    throw new InvalidArgumentError('A number of seconds from 1 to 1,000,000,000 is needed.')
  return value
}
