import { counted } from '@cista/organiser'
import type { Command } from 'commander'
import { act } from './commands.js'
import { withReason } from './options.js'
import { pageHashes, pageYaml } from './pageHashes.js'
import { posting } from './posting.js'
import { print, say } from './print.js'

export function addPageCommands(program: Command): void {
  program
    .command('page-hashes')
    .description("SHA-256 of the voter page's files, as the field “page” of a readable manifest")
    .argument('<folder>', 'the files as they will be served (required)')
    .option('--json', 'as JSON (default: as YAML)')
    .action(async (folder: string, { json }: { json?: true }) => {
      const page = await pageHashes(folder)
      print(json === true ? JSON.stringify({ page }, undefined, 2) : pageYaml(page))
      say(
        `${counted(Object.keys(page).length, 'file')}. The field stands once in the readable manifest, at its top level.`,
      )
    })
  posting<{ folder: string; reason: string }>(
    withReason(
      program.command('page').description("publish new hashes of the voter page's files"),
    ).requiredOption('--folder <dir>', 'the files, all of them'),
    async (course, key, { folder, reason }) =>
      act(course, 'page-changed', { page: await pageHashes(folder), reason }, key),
  )
}
