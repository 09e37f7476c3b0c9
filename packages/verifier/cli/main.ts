import { readFile } from 'node:fs/promises'
import { examineRecord } from '@cista/verifier'
import { Command, CommanderError } from 'commander'
import { addDispute } from './disputeCommand.js'
import { folderRecord } from './folder.js'
import { addMirror } from './mirrorCommand.js'
import type { Asked } from './ownSide.js'
import { addPage } from './pageCommand.js'
import { printJson, printReport } from './print.js'
import { terminalProgress } from './progress.js'
import { addReceipt } from './receiptCommand.js'
import { saveRecord } from './save.js'
import { couldNotRun, electionId, explain, recordAt } from './shared.js'
import { addVkey } from './vkeyCommand.js'
import { addWatch } from './watchCommand.js'
import { workerPool } from './workerPool.js'

const exitStatus = { verified: 0, refuted: 1, unfinished: 3 } as const

interface Options {
  readonly election?: string
  readonly json?: true
  readonly checkpoint?: string
  readonly save?: string
}

const program = new Command('cista-verify')
  .description(
    `Verifies the public record of an election: every signature, proof and sum, recomputed.
With a command it does something else, beside: COMMAND --help tells how.`,
  )
  .argument('<record>', 'folder of the record, or its address (https://…/elections/ID) (required)')
  .option(
    '--election <id>',
    'the published election id: any other election is refused (default: whatever election it is; compare the id)',
    electionId,
  )
  .option('--json', 'print the report as JSON (default: in words)')
  .option(
    '--checkpoint <file>',
    'a checkpoint kept from before: the board must continue the same history (default: not compared)',
  )
  .option(
    '--save <folder>',
    'copy the record into this folder, and verify the copy (default: nothing is kept)',
  )
  .addHelpText(
    'after',
    `
Exit status: 0 verified, 1 refuted (or not of the election or checkpoint you named), 2 could not be run,
3 unfinished (nothing wrong so far).

Examples:
  cista-verify record --election 2f0c…   verify a downloaded record
  cista-verify https://vote.example.org/elections/2f0c… --election 2f0c… --save record   copy a server's record, and verify it
  cista-verify watch https://vote.example.org/elections/2f0c… --election 2f0c…   follow an election while it goes on`,
  )
  // Options of a command are its own, also where the program has one of that name.
  .enablePositionalOptions()
  .configureHelp({ sortSubcommands: false })
  .showHelpAfterError('cista-verify --help says how it is called.')
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'cista-verify: ')) })

for (const add of [addReceipt, addDispute, addWatch, addMirror, addPage, addVkey]) add(program)

async function verify(record: string, { election, json, checkpoint, save }: Options): Promise<number> {
  const earlier = checkpoint === undefined ? undefined : await readFile(checkpoint, 'utf8')
  const asked: Asked = {
    ...(election === undefined ? {} : { election }),
    ...(checkpoint === undefined || earlier === undefined
      ? {}
      : { checkpoint: { file: checkpoint, note: earlier } }),
  }
  const given = recordAt(record)
  if (save !== undefined) await saveRecord(given, save)
  const source = save === undefined ? given : folderRecord(save)
  const pool = workerPool()
  const progress = terminalProgress(process.stderr)
  try {
    const { report, checked } = await examineRecord(source, {
      pool,
      progress: progress.step,
      clock: () => performance.now() / 1000,
      ...(election === undefined ? {} : { election }),
      ...(earlier === undefined ? {} : { earlier }),
    })
    progress.clear()
    const text = json ? printJson(report) : printReport(report, checked.definition, asked)
    await new Promise<void>((done) => process.stdout.write(text, () => done()))
    return exitStatus[report.verdict]
  } finally {
    progress.clear()
    await pool.close()
  }
}

program.action(async (record: string, options: Options) => {
  process.exitCode = await verify(record, options)
})
try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : couldNotRun
  else {
    process.stderr.write(`cista-verify: ${explain(error)}\n`)
    process.exitCode = couldNotRun
  }
}
