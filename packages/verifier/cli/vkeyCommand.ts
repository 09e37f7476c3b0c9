import { DecodeError, openCheckpoint } from '@cista/board'
import type { Definition } from '@cista/protocol'
import { checkManifest, policyOf } from '@cista/verifier'
import type { Command } from 'commander'
import { electionId, explain, print, recordAt } from './shared.js'
import { compareId, harmless } from './words.js'

interface Options {
  readonly election?: string
  readonly witnesses?: true
}

export function addVkey(program: Command): void {
  program
    .command('vkey')
    .description('print the key that a board signs with, for other tools')
    .argument('<record>', 'folder of the record, or its address (required)')
    .option(
      '--election <id>',
      'the published election id: any other election is refused (default: any; compare the id)',
      electionId,
    )
    .option('--witnesses', 'print key and witnesses as a C2SP tlog-policy (default: the key alone)')
    .addHelpText(
      'after',
      `
The key comes from the manifest, whose SHA-256 is the election id; the record’s checkpoint is opened with it.
Exit status: 0 printed, 1 refuted, 2 could not be run.

Examples:
  cista-verify vkey https://vote.example.org/elections/2f0c… --election 2f0c…
  cista-verify vkey record --election 2f0c… --witnesses > board.policy`,
    )
    .action(async (record: string, options: Options) => {
      process.exitCode = await printKey(record, options)
    })
}

async function printKey(record: string, { election, witnesses }: Options): Promise<number> {
  const { value, findings } = await checkManifest(recordAt(record), election)
  const say = (text: string) => process.stderr.write(harmless(`${text}\n`))
  if (value === undefined) {
    for (const { code, at, why } of findings) say(`cista-verify: ${code} at ${at}: ${why}`)
    return 1
  }
  const { definition, note } = value
  try {
    openCheckpoint(note, policyOf(definition))
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    say(`cista-verify: the checkpoint there is not by this key: ${explain(error)}`)
    return 1
  }
  if (election === undefined) say(compareId(definition.id, election).join('\n'))
  await print(witnesses ? policyText(definition) : definition.manifest.board)
  return 0
}

/** C2SP tlog-policy. Witnesses get names of their own: those of keys may be words that the format keeps for itself. */
export function policyText({ id, manifest }: Definition): string {
  const { keys, quorum } = manifest.witnesses
  const names = keys.map((_, i) => `witness-${i + 1}`)
  return [
    `# Election ${id}`,
    `log ${manifest.board}`,
    ...keys.map((key, i) => `witness ${names[i]} ${key}`),
    ...(quorum === 0
      ? ['quorum none']
      : [`group witnesses ${quorum} ${names.join(' ')}`, 'quorum witnesses']),
  ].join('\n')
}
