import { type Command, Help, InvalidArgumentError, Option } from 'commander'
import type { PassphraseOptions } from './passphrase.js'

export interface KeyOptions extends PassphraseOptions {
  readonly key: string
}
export interface OnElection {
  readonly server: string
  readonly election: string
}

/** Commander shows defaults, but not what must be given. */
export const help = {
  sortSubcommands: false,
  optionDescription: (option: Option) =>
    `${new Help().optionDescription(option)}${option.mandatory ? ' (required)' : ''}`,
}

export const number = (min: number, max: number) => (text: string) => {
  if (!/^[0-9]+$/.test(text) || Number(text) < min || Number(text) > max)
    throw new InvalidArgumentError(`A number from ${min} to ${max} is needed.`)
  return Number(text)
}
export const hex64 = (text: string) => {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('64 hexadecimal digits are needed.')
  return text
}
const url = (text: string) => {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new InvalidArgumentError('An address like https://vote.example.org is needed.')
  return text
}

export const withPassphrase = (command: Command) =>
  command.addOption(
    new Option(
      '--passphrase-fd <n>',
      'read the passphrase from this file descriptor; under npx only 0 works (default: CISTA_PASSPHRASE, else you are asked)',
    ).argParser(number(0, 1000)),
  )
export const withKey = (command: Command) =>
  withPassphrase(command.requiredOption('--key <file>', 'your key file'))
export const serverOption = (text = 'the ballot server') =>
  new Option('--server <url>', text).env('CISTA_SERVER').argParser(url)
export const withServer = (command: Command) => command.addOption(serverOption().makeOptionMandatory())
export const withElection = (command: Command) =>
  withServer(command).addOption(
    new Option('--election <id>', 'the published id of the election')
      .env('CISTA_ELECTION')
      .argParser(hex64)
      .makeOptionMandatory(),
  )
export const withReason = (command: Command) =>
  command.requiredOption('--reason <text>', 'why; it stands in the public record')
export const withManifest = (command: Command) =>
  command.requiredOption('--manifest <file>', 'the canonical manifest, as “manifest --out” writes it')
