import type { Command } from 'commander'
import { writeEvidence } from './evidence.js'
import { type MirrorOutcome, mirrorRecord } from './mirror.js'
import { terminalLine } from './progress.js'
import { couldNotRun, electionId, print, recordAt, timeNow } from './shared.js'
import { compareId, counted, harmless } from './words.js'

interface Options {
  readonly election?: string
  readonly evidence: string
}

export function addMirror(program: Command): void {
  program
    .command('mirror')
    .description('copy a record whole, or bring a copy up to date, every file checked')
    .argument('<record>', 'address of the record (https://…/elections/ID), or its folder (required)')
    .argument('<folder>', 'where the copy is, or will be; it holds nothing else (required)')
    .option(
      '--election <id>',
      'the published election id: any other election is refused (default: any; compare the id)',
      electionId,
    )
    .option('--evidence <folder>', 'where evidence is written, if the board has forked', '.')
    .addHelpText(
      'after',
      `
It may be interrupted at any time; called again, it continues. A copy is only brought to a board that continues it. Any server
of static files can offer the copy, at whatever address: cista-verify verifies it like the original.
Exit status: 0 the copy is complete, 1 the record is not what it claims, or has forked, 2 could not be run.

Examples:
  cista-verify mirror https://vote.example.org/elections/2f0c… copy --election 2f0c…
  cista-verify copy --election 2f0c…`,
    )
    .action(async (record: string, folder: string, options: Options) => {
      process.exitCode = await mirror(record, folder, options)
    })
}

async function mirror(record: string, folder: string, { election, evidence }: Options): Promise<number> {
  const line = terminalLine(process.stderr)
  const outcome = await mirrorRecord(recordAt(record), folder, election, (done, total) =>
    line.show(`${done} of about ${total} files`),
  ).finally(() => line.clear())
  await print(harmless((await outcomeLines(outcome, folder, election, evidence)).join('\n')))
  return { complete: 0, behind: couldNotRun, forked: 1, bad: 1 }[outcome.kind]
}

async function outcomeLines(
  outcome: MirrorOutcome,
  folder: string,
  election: string | undefined,
  evidence: string,
): Promise<string[]> {
  const { definition } = outcome
  switch (outcome.kind) {
    case 'complete':
      return [
        `COMPLETE. ${counted(outcome.size, 'entry', 'entries')}: ${outcome.fetched} files fetched, ${outcome.kept} were there.`,
        ...compareId(definition!.id, election),
        `Verify the copy: cista-verify ${folder} --election ${election ?? 'ID'}`,
      ]
    case 'behind':
      return [
        `BEHIND. The copy has ${outcome.ours} entries, the board shows only ${outcome.theirs}: it has lost some, or this is an old copy of it.`,
        'Nothing was changed. Ask again later, and from another network; keep the copy.',
      ]
    case 'forked': {
      const exhibits = {
        what: 'the board has signed two checkpoints that cannot both be of one history.',
        contradict: true,
        checkpoints: [
          { name: 'the copy', note: outcome.ours },
          { name: 'the board', note: outcome.theirs },
        ],
      }
      const path = await writeEvidence(evidence, definition!, exhibits, timeNow())
      return [
        'FORK. The board does not continue the copy, though it has signed both. Nothing was changed: keep the copy.',
        `Evidence is written to ${path}: publish it, and tell trustees and observers.`,
      ]
    }
    case 'bad':
      return [
        'REFUTED. The record cannot be copied, because it is not what it claims:',
        ...outcome.findings.slice(0, 20).map(({ code, at, why }) => `  ${code} at ${at}: ${why}`),
      ]
  }
}
