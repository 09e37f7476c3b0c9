import { readFile } from 'node:fs/promises'
import { type Dispute, type SeenCheckpoint, judgeDispute } from '@cista/verifier'
import type { Command } from 'commander'
import { type Exhibits, writeEvidence } from './evidence.js'
import { receiptOption } from './receiptCommand.js'
import { couldNotRun, noteAt, print, recordAt, timeNow } from './shared.js'
import { harmless, jsonText } from './words.js'

interface Options {
  readonly election?: string
  readonly checkpoint: readonly string[]
  readonly evidence: string
  readonly json?: true
}

/** What is said to the voter, and who is at fault: nobody, the server, or not to be known. */
interface Judgement {
  readonly status: 0 | 1 | typeof couldNotRun
  readonly lines: readonly string[]
  readonly exhibits?: Exhibits
}

export function addDispute(program: Command): void {
  program
    .command('dispute')
    .description('tell who is at fault where a ballot with a receipt is not on the board')
    .argument('<file>', 'the receipt file that was kept after casting (required)')
    .argument('<record>', 'address of the record (https://…/elections/ID), or its folder (required)')
    .option(...receiptOption)
    .option(
      '--checkpoint <file>',
      'a checkpoint that somebody else has seen; may be repeated (default: none is compared)',
      (file: string, before: readonly string[]) => [...before, file],
      [] as readonly string[],
    )
    .option('--evidence <folder>', 'where evidence is written, if there is any', '.')
    .option('--json', 'print the outcome as JSON (default: in words)')
    .addHelpText(
      'after',
      `
Exit status: 0 nobody is at fault, 1 the server is, 2 it could not be run or cannot be decided.

Examples:
  cista-verify dispute receipt-2f0c13ab.json https://vote.example.org/elections/2f0c… --election 2f0c…
  cista-verify dispute receipt-2f0c13ab.json https://… --checkpoint a-neighbours-checkpoint`,
    )
    .action(async (file: string, record: string, options: Options) => {
      process.exitCode = await dispute(file, record, options)
    })
}

async function dispute(file: string, record: string, options: Options): Promise<number> {
  const bytes = new Uint8Array(await readFile(file))
  const others = await Promise.all(
    options.checkpoint.map(async (name): Promise<SeenCheckpoint> => ({ name, note: await noteAt(name) })),
  )
  const outcome = await judgeDispute(bytes, recordAt(record), others, options.election)
  const { status, lines, exhibits } = judgement(outcome, file)
  const evidence =
    exhibits === undefined || !('receipt' in outcome)
      ? undefined
      : await writeEvidence(options.evidence, outcome.receipt.definition, exhibits, timeNow())
  await print(
    options.json
      ? jsonText(disputeJson(outcome, evidence), 2)
      : harmless(
          [...lines, ...(evidence === undefined ? [] : [`Evidence is written to ${evidence}.`])].join('\n'),
        ),
  )
  return status
}

function disputeJson(outcome: Dispute, evidence: string | undefined): object {
  const { receipt, ...rest } = { receipt: undefined, ...outcome }
  return {
    outcome: rest.kind,
    ...(receipt === undefined
      ? {}
      : {
          election: receipt.definition.id,
          tracker: receipt.entry.payload,
          index: receipt.entry.index,
          size: receipt.checkpoint.size,
        }),
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => key !== 'kind' && key !== 'evidence')),
    ...(evidence === undefined ? {} : { evidence }),
  }
}

const standings = {
  counted: 'as things stand, it counts.',
  superseded:
    'a later ballot of the same code has replaced it. If that was not you, tell the registrars: somebody has your code.',
  cancelled: 'it does not count, because its code was cancelled: its owner votes on paper.',
  void: 'it does not count, because its code was replaced, taken off the roll, or given another ballot style since.',
} as const

function judgement(outcome: Dispute, file: string): Judgement {
  switch (outcome.kind) {
    case 'receipt-invalid':
      return {
        status: couldNotRun,
        lines: [
          `NO VALID RECEIPT. ${file}: ${outcome.at}: ${outcome.why}.`,
          'Nobody can be accused with this file. Look for the one that was written when you cast, unchanged.',
        ],
      }
    case 'unreachable':
      return {
        status: couldNotRun,
        lines: [
          `NO ANSWER. ${outcome.why}.`,
          'Your receipt is good. Ask again later, and from another network; if the server stays away, tell observers and trustees.',
        ],
      }
    case 'other-board':
      return {
        status: couldNotRun,
        lines: [
          `NOT THIS BOARD. What is there is not signed by the board of your receipt: ${outcome.why}.`,
          'Your receipt is good. Is the address right? If it is, another board is shown in place of yours: tell observers and trustees.',
        ],
      }
    case 'on-board':
      return {
        status: 0,
        lines: [
          `ON THE BOARD. Entry ${outcome.receipt.entry.index} is your ballot, and the board continues the one that gave you the receipt.`,
          `Of this ballot, ${standings[outcome.standing]}`,
        ],
      }
    case 'server-behind':
      return {
        status: couldNotRun,
        lines: [
          `BEHIND. The board shows fewer entries than the ${outcome.receipt.checkpoint.size} that your receipt is under: it has lost some, or you see an old copy.`,
          'Your receipt is good, but this convicts nobody yet. Ask again in some minutes, and from another network. If it stays',
          'so, publish your receipt: it does not show how you voted, and everybody can see that the board has signed more.',
        ],
      }
    case 'server-forked':
      return {
        status: 1,
        lines: [
          `THE SERVER IS AT FAULT. It has signed two boards: ${outcome.evidence.first.name} and ${outcome.evidence.second.name} cannot both be of one history.`,
          'Publish the evidence with your receipt, which does not show how you voted. Tell trustees and observers, so that nobody decrypts.',
        ],
        exhibits: {
          what: 'the board has signed two checkpoints that cannot both be of one history.',
          contradict: true,
          checkpoints: [outcome.evidence.first, outcome.evidence.second],
        },
      }
    case 'server-inconsistent':
      return {
        status: 1,
        lines: [
          'THE SERVER IS AT FAULT. What it shows does not verify under the checkpoint that it shows:',
          ...outcome.findings.slice(0, 20).map(({ at, why }) => `  ${at}: ${why}`),
          'Ask again in some minutes: a copy that is just being changed looks so too. If it stays so, publish evidence and receipt.',
        ],
        exhibits: {
          what: 'the files of the board do not verify under its own checkpoint, the second one here.',
          contradict: false,
          checkpoints: [
            { name: 'a receipt', note: outcome.receipt.note },
            { name: 'the board now', note: outcome.theirs },
          ],
        },
      }
  }
}
