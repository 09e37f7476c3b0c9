import { counted } from '@cista/organiser'
import { type Definition, parseCode } from '@cista/protocol'
import { Failure, webAddress } from '@cista/terminal'
import type { Command } from 'commander'
import { type CodesFile, readCodes, safeLine } from './codes.js'
import { readDefinition, write } from './files.js'
import { withManifest } from './options.js'
import { say } from './print.js'

/**
 * Names, codes and links for letters and mails: of each person the newest code. The code stands behind `#` of the link, which browsers send to
 * nobody.
 * @param page where the voters' pages are, such as `https://vote.example.org`.
 * @throws {Failure} where a code is not one for this election.
 */
export function invitations({ id: election }: Definition, codes: CodesFile, page: string): string[] {
  const { rows, withId, path } = codes
  for (const { name, code } of rows)
    if ('fault' in parseCode(election, code))
      throw new Failure(`${path}: the code of “${name}” is not one for this election`)
  const newest = new Map(rows.map((row) => [JSON.stringify([row.name, row.id]), row]))
  const link = (code: string) => `${page.replace(/\/+$/, '')}/vote.html?election=${election}#${code}`
  const lines = [...newest.values()].map(({ name, id, code }) =>
    // Names are as the file of codes has them: safe for spreadsheets.
    safeLine([name, ...(withId ? [id] : []), code, election, link(code)]),
  )
  return [['name', ...(withId ? ['id'] : []), 'code', 'election', 'link'].join(','), ...lines]
}

interface InvitationOptions {
  readonly manifest: string
  readonly codes: string
  readonly page: string
  readonly out: string
}

export function addInvitations(program: Command): void {
  withManifest(
    program
      .command('invitations')
      .description(
        'for everybody in a file of codes a link to the page for voting, for letters, mails and QR codes',
      ),
  )
    .requiredOption('--codes <file>', 'names and codes, as “credentials --out-codes” wrote them')
    .requiredOption(
      '--page <url>',
      "where the voters' pages are, such as https://vote.example.org",
      webAddress,
    )
    .requiredOption('--out <file>', 'names, codes and links: as secret as the codes')
    .action(async ({ manifest, codes, page, out }: InvitationOptions) => {
      const { definition } = await readDefinition(manifest)
      const lines = invitations(definition, await readCodes(codes), page)
      await write(out, lines.map((line) => `${line}\n`).join(''), true)
      say(
        `${counted(lines.length - 1, 'invitation')} in ${out}: as secret as the codes, which are in the links`,
      )
    })
}
