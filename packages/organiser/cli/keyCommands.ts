import { type OrganiserKey, newKey } from '@cista/organiser'
import {
  type PassphraseOptions,
  choosePassphrase,
  readPassphrase,
  withPassphrase,
  workFactorOption,
} from '@cista/terminal'
import { type Command, Option } from 'commander'
import { readKey, writeKey } from './files.js'
import { print, say } from './print.js'

/** Makes and shows keys of administrators and registrars. */
export function addKeyCommands(program: Command): void {
  const keys = program.command('key').description('make or show a signing key')
  withPassphrase(keys.command('new').description('make a signing key in a file locked with a passphrase'))
    .addOption(
      new Option('--role <role>', 'what it is for')
        .choices(['administrator', 'registrar'])
        .makeOptionMandatory(),
    )
    .requiredOption('--name <name>', 'whose key it is, as it will stand in the manifest')
    .requiredOption('--file <path>', 'where to write it')
    .addOption(workFactorOption())
    .action(
      async (
        options: PassphraseOptions & {
          role: OrganiserKey['role']
          name: string
          file: string
          workFactor: number
        },
      ) => {
        const key = newKey(options.role, options.name)
        await writeKey(options.file, key, await choosePassphrase(options), options.workFactor)
        showKey(key)
        say(
          `Put name and key into the manifest. ${options.file} is secret: keep a copy of it, apart from the passphrase.`,
        )
      },
    )
  withPassphrase(
    keys
      .command('show')
      .description('the public key of a key file')
      .requiredOption('--file <path>', 'the key file'),
  ).action(async (options: PassphraseOptions & { file: string }) =>
    showKey(await readKey(options.file, await readPassphrase(options))),
  )
}

const showKey = ({ name, role, key }: OrganiserKey) =>
  [`name: ${name}`, `role: ${role}`, `key: ${key}`].forEach(print)
