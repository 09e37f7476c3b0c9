import { type Command, Help, InvalidArgumentError, Option } from 'commander'
import type { PassphraseOptions } from './passphrase.js'

export interface FileOptions extends PassphraseOptions {
  readonly file: string
  readonly workFactor: number
}
export interface ElectionOptions {
  readonly server: string
  readonly election: string
}
export type StepOptions = FileOptions & ElectionOptions & { readonly wait?: boolean }

/** Commander shows defaults, but not what must be given. */
export const help = {
  sortSubcommands: false,
  optionDescription: (option: Option) =>
    `${new Help().optionDescription(option)}${option.mandatory ? ' (required)' : ''}`,
}

export const integerBetween = (min: number, max: number) => (text: string) => {
  const value = Number(text)
  if (!/^[0-9]+$/.test(text) || value < min || value > max)
    throw new InvalidArgumentError(`A number from ${min} to ${max} is needed.`)
  return value
}
export const hash = (what: string) => (text: string) => {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError(`${what} has 64 hexadecimal digits.`)
  return text
}
const serverUrl = (text: string) => {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new InvalidArgumentError('An address like https://vote.example.org is needed.')
  return text
}

export const onFile = (command: Command) =>
  command
    .addOption(
      new Option('--file <path>', 'your secret file, locked with a passphrase')
        .env('CISTA_TRUSTEE_FILE')
        .default('trustee.age'),
    )
    .addOption(
      new Option(
        '--passphrase-fd <n>',
        'read the passphrase from this file descriptor; under npx only 0 works (default: CISTA_PASSPHRASE, else you are asked)',
      ).argParser(integerBetween(0, 1_000)),
    )
    .addOption(
      new Option('--work-factor <n>', 'log2 of the cost of the passphrase lock; lower only for tests')
        .env('CISTA_WORK_FACTOR')
        .default(18)
        .argParser(integerBetween(1, 20)),
    )
export const serverOption = (text: string) =>
  new Option('--server <url>', text).env('CISTA_SERVER').argParser(serverUrl)
export const electionOption = (text: string) =>
  new Option('--election <id>', text).env('CISTA_ELECTION').argParser(hash('An election id'))
export const onElection = (command: Command) =>
  command
    .addOption(serverOption('the ballot server').makeOptionMandatory())
    .addOption(electionOption('the published id of the election').makeOptionMandatory())
export const waiting = (command: Command) =>
  command.option('--wait', 'wait until this step is possible (default: say so and end)')
