import { DecodeError } from '@cista/board'
import {
  coSign,
  draftFault,
  missingSignatures,
  nextTime,
  organiserStanding,
  signManifest,
  utcTime,
} from '@cista/organiser'
import {
  type ElectionOptions,
  Failure,
  UsageFailure,
  failureStatus,
  help,
  serverOption,
  withElection,
} from '@cista/terminal'
import { RecordUnavailable, Unreachable } from '@cista/verifier'
import { Command, InvalidArgumentError } from 'commander'
import {
  act,
  change,
  makeCredentials,
  makeManifest,
  now,
  readRoll,
  rollSubmissions,
  seal,
} from './commands.js'
import { readDefinition, readDraft, writeDraft } from './files.js'
import { addKeyCommands } from './keyCommands.js'
import { addInvitations } from './invitations.js'
import { type KeyOptions, withKey, withManifest, withReason, withServer } from './options.js'
import { addPageCommands } from './pageCommands.js'
import { type ActOptions, posting, unlock } from './posting.js'
import { print, say, signaturesNeeded } from './print.js'
import { follow, post, postOrDraft } from './session.js'
import { compareRoll, describeSubmission } from './show.js'
import { manifestLines } from './showManifest.js'
import { addVoterCommands } from './voterCommands.js'

const program = new Command('cista-organiser')
  .description(
    "Administrators' and registrars' tool. Everything is signed on this machine; no key and no code leaves it.",
  )
  .version('0.1.0')
  .exitOverride()
  .configureHelp(help)
  .addHelpText(
    'after',
    `
An election in order: key new (every administrator and registrar), manifest, create, credentials, roll, seal.
Then voting opens and closes by itself. “status” says what is next at any time. COMMAND --help tells its options.
Somebody lost a code: new-code. Moved, joined or left: restyle, reweigh, add, remove. Voted on paper: cancel.
Exit status: 0 done, 1 refused, 2 called wrongly or unreachable.`,
  )

addKeyCommands(program)

program
  .command('manifest')
  .description('make the definition of an election from a readable YAML or JSON file; all errors by line')
  .argument('<file>', 'the readable file (required)')
  .requiredOption('--out <file>', 'where to write the canonical manifest')
  .addOption(
    serverOption('the ballot server, which is asked for its board key (required without --board-key)'),
  )
  .option('--board-key <vkey>', 'or the board key itself, which is then not asked for')
  .option('--force', 'replace another file of that name (default: only if it is this very manifest)')
  .action(
    async (file: string, options: { out: string; server?: string; boardKey?: string; force?: boolean }) => {
      if (options.server === undefined && options.boardKey === undefined)
        throw new UsageFailure('give one of --server and --board-key')
      const definition = await makeManifest(file, options.out, options, say)
      manifestLines(definition).forEach(print)
      say('Publish the election id: it is what voters and observers compare.')
    },
  )

withManifest(
  withServer(
    withKey(program.command('create').description('sign the manifest and post it: the election exists')),
  ),
)
  .option('--draft <file>', 'do not post: write it here for co-signers (default: post at once)')
  .action(async (options: KeyOptions & { server: string; manifest: string; draft?: string }) => {
    const key = await unlock(options)
    const { definition, bytes } = await readDefinition(options.manifest)
    const signed = signManifest(definition, bytes, key)
    if ('refusal' in signed) throw new Failure(signed.refusal.why)
    print(await postOrDraft(options.server, definition, signed.submission, options.draft))
    print(`election: ${definition.id}`)
  })

withManifest(
  program
    .command('credentials')
    .description(
      'make a code for everybody in a CSV (columns name, id, style, weight), and the roll of their public keys',
    ),
)
  .requiredOption('--csv <file>', 'the people')
  .requiredOption('--out-codes <file>', 'names and codes: secret, for delivery')
  .requiredOption('--out-roll <file>', 'public keys, for “roll”')
  .action((options: { manifest: string; csv: string; outCodes: string; outRoll: string }) =>
    makeCredentials(options, say),
  )

addInvitations(program)

withElection(
  withKey(program.command('roll').description('post the roll, from where the board already has it')),
)
  .requiredOption('--roll <file>', 'the roll file')
  .option('--draft <file>', 'do not post: write FILE-1, FILE-2, … for co-signers (default: post at once)')
  .action(async (options: ActOptions & { roll: string }) => {
    const key = await unlock(options)
    const course = await follow(options.server, options.election)
    const submissions = await rollSubmissions(course, options.roll, key)
    for (const [i, s] of submissions.entries())
      print(
        await postOrDraft(options.server, course.definition, s, options.draft && `${options.draft}-${i + 1}`),
      )
  })

posting<{ reference?: string }>(
  program
    .command('seal')
    .description('close the roll')
    .option('--reference <text>', 'what the roll was made from, for the record (default: nothing is said)'),
  (course, key, { reference }) => seal(course, key, reference),
)
posting<{ file: string; reason: string }>(
  withReason(
    program.command('change').description('change the roll after sealing for many at once, by public keys'),
  ).requiredOption('--file <file>', 'YAML or JSON with lists added, removed, rekeyed, reweighted, restyled'),
  (course, key, { file, reason }) => change(course, key, file, reason),
)
addVoterCommands(program)
posting(
  program
    .command('reconcile')
    .description('after closing: every paper vote is cancelled, the count may begin'),
  (course, key) => act(course, 'reconciled', { cancellations: course.phase.cancellations }, key),
)
posting<{ closes: string; reason: string }>(
  withReason(program.command('extend').description('close later than planned')).requiredOption(
    '--closes <time>',
    'new closing time, like 2026-11-23T20:00:00+01:00',
    (text) => {
      const time = utcTime(text)
      if (time === undefined) throw new InvalidArgumentError('A time with date and offset is needed.')
      return time
    },
  ),
  (course, key, { closes, reason }) => act(course, 'extended', { closes, reason }, key),
)
posting<{ reason: string }>(
  withReason(program.command('close').description('close voting now, where the manifest allows it')),
  (course, key, { reason }) => act(course, 'close-requested', { reason }, key),
)
posting<{ reason: string }>(
  withReason(program.command('restart').description('restart the key ceremony with fresh keys')),
  (course, key, { reason }) =>
    act(course, 'ceremony-restarted', { attempt: course.phase.attempt.number + 1, reason }, key),
)
posting<{ reason: string }>(
  withReason(program.command('abort').description('end the election without a result; final')),
  (course, key, { reason }) => act(course, 'aborted', { reason }, key),
)
posting<{ text: string }>(
  program
    .command('notice')
    .description('put a public remark on the board')
    .requiredOption('--text <text>', 'the remark'),
  (course, key, { text }) => act(course, 'notice', { text }, key),
)
addPageCommands(program)

withManifest(
  withKey(
    program
      .command('sign')
      .description('show a draft and add your signature to it')
      .argument('<draft>', 'the file that --draft wrote (required)')
      .option(
        '--roll <file>',
        'for a draft of the roll: the roll file that it must agree with (default: not compared)',
      ),
  ),
).action(async (path: string, options: KeyOptions & { manifest: string; roll?: string }) => {
  const { definition } = await readDefinition(options.manifest)
  const draft = await readDraft(path)
  describeSubmission(definition, draft).forEach(say)
  if (options.roll !== undefined)
    say(compareRoll(definition, draft, await readRoll(options.roll, definition), options.roll))
  const signed = coSign(definition, draft, await unlock(options))
  if ('refusal' in signed) throw new Failure(signed.refusal.why)
  await writeDraft(path, signed.submission)
  const missing = missingSignatures(definition, signed.submission)
  print(missing > 0 ? `signed; ${signaturesNeeded(missing)}` : 'signed; “post” it')
})
withServer(
  withManifest(
    program
      .command('post')
      .description('post a draft that all have signed')
      .argument('<draft>', 'the file that --draft wrote (required)'),
  ),
).action(async (path: string, { manifest, server }: { manifest: string; server: string }) => {
  const { definition } = await readDefinition(manifest)
  const draft = await readDraft(path)
  const why = draftFault(definition, draft)
  if (why !== undefined) throw new Failure(`${path}: ${why}`)
  print(await post(server, definition, draft))
})

withElection(program.command('status').description('where the election stands and what is next'))
  .option('--json', 'as JSON (default: in words)')
  .action(async ({ server, election, json }: ElectionOptions & { json?: true }) => {
    const course = await follow(server, election)
    const standing = organiserStanding(course, nextTime(course, now()))
    if (json === true) print(JSON.stringify(standing))
    else [`stage: ${standing.stage}`, ...standing.facts, `next: ${standing.next}`].forEach(print)
  })

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = report(error)
}

function report(error: unknown): number {
  const status = failureStatus(error, 'cista-organiser', say)
  if (status !== undefined) return status
  if (error instanceof DecodeError) {
    say(`cista-organiser: refused: ${error.message}`)
    return 1
  }
  if (error instanceof Unreachable || error instanceof RecordUnavailable) {
    say(`cista-organiser: ${error.message}`)
    return 2
  }
  throw error
}
