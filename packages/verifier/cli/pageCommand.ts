import { DecodeError } from '@cista/board'
import { RecordUnavailable, followEntries, pageInForce } from '@cista/verifier'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { comparePage } from './pageCompare.js'
import { PageFetch } from './pageFetch.js'
import { pageWords } from './pageWords.js'
import { terminalLine } from './progress.js'
import { electionId, print, recordAt } from './shared.js'
import { harmless } from './words.js'

interface Options {
  readonly election: string
  readonly record?: string
}

export function addPage(program: Command): void {
  program
    .command('page')
    .description(
      'compare the voter’s page that a server sends with the files that the organisers have published',
    )
    .argument('<url>', 'address of the page; of a folder, with a slash at its end (required)', folderOf)
    .requiredOption('--election <id>', 'the published election id: any other election is refused', electionId)
    .option(
      '--record <record>',
      'address of the election’s record, or folder of a copy (default: /elections/ID on the page’s server)',
    )
    .addHelpText(
      'after',
      `
The hashes are those of the manifest, or of the last “page-changed”, from a record that is checked up to there (V1 to V3). Files are
asked for below the folder of the address; a file at another server is none of the page, and redirects to one are not followed.
Exit status: 0 every file is the same, 1 one is not, is missing or is not listed, or the record is not what it claims, 2 it could
not be run or there is nothing to compare.

Examples:
  cista-verify page https://vote.example.org/ --election 2f0c…
  cista-verify page https://vote.example.org/ --election 2f0c… --record copy   by the hashes of a record that was copied before`,
    )
    .action(async (base: URL, options: Options) => {
      process.exitCode = await page(base, options)
    })
}

async function page(base: URL, { election, record }: Options): Promise<number> {
  const line = terminalLine(process.stderr)
  line.show('reading the record')
  const followed = await followEntries(recordAt(record ?? `${base.origin}/elections/${election}`), election)
    .catch((error: unknown) => {
      // Only what a record says is decoded there.
      if (error instanceof DecodeError) return error
      if (error instanceof RecordUnavailable && record === undefined)
        throw new RecordUnavailable(`${error.message}; where the record is elsewhere, name it with --record`)
      throw error
    })
    .finally(() => line.clear())
  if (followed instanceof DecodeError) {
    await print(
      harmless(
        [
          `REFUTED. The record is not what it claims: ${followed.message}`,
          'Nothing was asked of the page. Look first whether the id is right; cista-verify RECORD --election ID tells more.',
        ].join('\n'),
      ),
    )
    return 1
  }
  const { definition, entries } = followed
  const inForce = pageInForce(definition, entries)
  const { index, batchTime } = entries.placed.at(-1)!
  const upTo = { size: index + 1, time: batchTime }
  const compared =
    Object.keys(inForce.files).length === 0
      ? undefined
      : await comparePage(inForce.files, base, new PageFetch(), (done, total) =>
          line.show(`${done} of ${total} files`),
        ).finally(() => line.clear())
  const { status, lines } = pageWords(definition, inForce, upTo, base, compared)
  await print(harmless(lines.join('\n')))
  return status
}

/** `https://vote.example.org/` of `https://vote.example.org/vote.html?lang=vi`. */
function folderOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new InvalidArgumentError('An address is needed, https://…, without a name and password.')
  if (/^\/elections\/[0-9a-f]{64}(\/|$)/.test(url.pathname))
    throw new InvalidArgumentError(
      `This is the address of a record. The address of the page is needed, such as ${url.origin}/`,
    )
  return new URL('.', `${url.origin}${url.pathname}`)
}
