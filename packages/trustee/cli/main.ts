import { DecodeError } from '@cista/board'
import {
  type ElectionOptions,
  Failure,
  UsageFailure,
  choosePassphrase,
  electionOption,
  failureStatus,
  harmless,
  help,
  hex64,
  integerBetween,
  readPassphrase,
  serverOption,
  withElection,
} from '@cista/terminal'
import { judgeRecord, newTrustee, prepareComplaint, standingOf, trusteeKey } from '@cista/trustee'
import { RecordUnavailable, Unreachable, followRecord } from '@cista/verifier'
import { Command, Option } from 'commander'
import { type FileOptions, type StepOptions, onFile, waiting } from './options.js'
import { type Session, openSession } from './session.js'
import { progressLine, standingLines, tallyLines, titleOf } from './show.js'
import { type StateFile, createStateFile, readState, withStateFile } from './stateFile.js'
import {
  ceremonySteps,
  lineOf,
  takeCeremonyStep,
  takeDecryption,
  takeWholeCeremony,
  timeNow,
} from './steps.js'

const { progress, clear } = progressLine()
const print = (line: string) => {
  clear()
  console.log(harmless(line))
}
const say = (line: string) => {
  clear()
  console.error(harmless(line))
}

const program = new Command('cista-trustee')
  .description(
    'Makes the election key together with the other trustees, and decrypts the tally that it has verified.',
  )
  .version('0.1.0')
  .exitOverride()
  .configureHelp(help)
  .addHelpText(
    'after',
    `
In order: new, then ceremony (or join, deal, confirm one by one), and after the closing decrypt.
“status” says what is next at any time. COMMAND --help tells its options.
Exit status: 0 done, 1 refused or failed, 2 called wrongly.`,
  )

/** Opens election and file, then works on both. */
async function withBoth(
  options: StepOptions,
  work: (session: Session, file: StateFile) => Promise<void>,
): Promise<void> {
  const passphrase = await readPassphrase(options)
  await withStateFile(options.file, passphrase, options.workFactor, async (file) => {
    const session = await openSession(
      options.server,
      options.election,
      options.wait === true ? say : undefined,
    )
    say(`election “${titleOf(session.definition)}”`)
    await work(session, file)
  })
}

onFile(program.command('new').description('make your signing key and your secret file'))
  .requiredOption('--name <name>', 'your name, as it will stand in the manifest')
  .action(async (options: FileOptions & { name: string }) => {
    const state = newTrustee(options.name)
    await createStateFile(options.file, state, await choosePassphrase(options), options.workFactor)
    print(`name: ${state.name}`)
    print(`key: ${trusteeKey(state)}`)
    say(
      `Give name and key to the organiser. ${options.file} is secret: keep a copy of it, apart from the passphrase.`,
    )
  })

const stepTexts = {
  join: 'make fresh keys for the key ceremony and announce them',
  deal: 'deal a share to every trustee, once all have joined',
  confirm: 'verify what all have dealt, and confirm it',
}
for (const step of ceremonySteps)
  waiting(withElection(onFile(program.command(step).description(stepTexts[step])))).action(
    (options: StepOptions) =>
      withBoth(options, (session, file) =>
        takeCeremonyStep(session, file, step, { wait: options.wait === true, say }),
      ),
  )

waiting(
  withElection(
    onFile(
      program.command('ceremony').description('join, deal and confirm in turn, and anew after a restart'),
    ),
  ),
).action((options: StepOptions) =>
  withBoth(options, (session, file) =>
    takeWholeCeremony(session, file, { wait: options.wait === true, say }),
  ),
)

withElection(
  onFile(
    program.command('complain').description('prove that a dealer gave you a wrong share; ends the attempt'),
  ),
)
  .requiredOption('--against <n>', 'number of the dealer', integerBetween(1, 999))
  .action((options: StepOptions & { against: number }) =>
    withBoth(options, (session, file) =>
      takeCeremonyStep(session, file, (course, state) => prepareComplaint(course, state, options.against), {
        wait: false,
        say,
      }),
    ),
  )

withElection(
  program.command('judge').description('tell who is at fault where the ceremony ended with a complaint'),
).action(async ({ server, election }: ElectionOptions) => {
  const { source } = await openSession(server, election)
  const judged = await judgeRecord(source, election)
  if ('why' in judged) throw new Failure(judged.why, judged.findings.map(lineOf))
  if (judged.judgements.length === 0) print('nobody has complained')
  for (const { attempt, guilty, why } of judged.judgements)
    print(`attempt ${attempt}: trustee ${guilty} is at fault: ${why}`)
})

type DecryptOptions = StepOptions & { readonly check?: boolean; readonly tally?: string }
waiting(
  withElection(
    onFile(
      program
        .command('decrypt')
        .description('verify the whole record, then decrypt the sums recomputed from it'),
    ),
  ),
)
  .option('--check', 'verify, show what to compare with the other trustees, and decrypt nothing')
  .addOption(
    new Option(
      '--tally <hash>',
      'decrypt this tally and no other, as “--check” has shown it (default: the one that verifies)',
    ).argParser(hex64('A tally')),
  )
  .action(({ check, tally, ...options }: DecryptOptions) =>
    withBoth(options, (session, file) =>
      takeDecryption(session, file, {
        wait: options.wait === true,
        progress,
        say,
        agree(verified) {
          tallyLines(verified).forEach(print)
          if (tally !== undefined && tally !== verified.tallied.leaf)
            throw new Failure(
              `the board has another tally than ${tally}: nothing was decrypted. Keep a copy of the record, and tell the other trustees`,
            )
          return check !== true
        },
      }),
    ),
  )

onFile(program.command('status').description('where the ceremony stands and what you do next'))
  .addOption(serverOption('the ballot server, with --election (default: only your name and key are shown)'))
  .addOption(electionOption('the published id of the election, with --server'))
  .option('--json', 'as JSON (default: in words)')
  .action(async (options: FileOptions & Partial<ElectionOptions> & { json?: boolean }) => {
    const { server, election } = options
    if ((server === undefined) !== (election === undefined))
      throw new UsageFailure('--server and --election belong together')
    const state = await readState(options.file, await readPassphrase(options))
    const own = { name: state.name, key: trusteeKey(state) }
    if (server === undefined || election === undefined) {
      if (options.json === true) print(JSON.stringify(own))
      else [`name: ${own.name}`, `key: ${own.key}`].forEach(print)
      return
    }
    const { source, definition } = await openSession(server, election)
    const standing = standingOf(await followRecord(source, election), state, timeNow())
    if (options.json === true) print(JSON.stringify({ ...own, ...standing }))
    else standingLines(definition, standing).forEach(print)
  })

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  const status = failureStatus(error, 'cista-trustee', say)
  if (status !== undefined) return status
  if (error instanceof DecodeError) say(`cista-trustee: refused: ${error.message}`)
  else if (error instanceof Unreachable || error instanceof RecordUnavailable)
    say(`cista-trustee: ${error.message}`)
  else throw error
  return 1
}
