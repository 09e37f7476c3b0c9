import { type Command, Help, InvalidArgumentError, Option } from 'commander'

export interface ElectionOptions {
  readonly server: string
  readonly election: string
}

/** Commander shows defaults, but not what must be given. */
export const help = {
  sortSubcommands: false,
  optionDescription: (option: Option): string =>
    `${new Help().optionDescription(option)}${option.mandatory ? ' (required)' : ''}`,
}

export const integerBetween =
  (min: number, max: number) =>
  (text: string): number => {
    const value = Number(text)
    if (!/^[0-9]+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`A number from ${min} to ${max} is needed.`)
    return value
  }

/** 32 bytes in small hexadecimal digits. @param what it is, to begin a sentence with. */
export const hex64 =
  (what: string) =>
  (text: string): string => {
    if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError(`${what} has 64 hexadecimal digits.`)
    return text
  }

export const webAddress = (text: string): string => {
  if (!URL.canParse(text) || !/^https?:/.test(text))
    throw new InvalidArgumentError('An address like https://vote.example.org is needed.')
  return text
}

/** For `readPassphrase` and `choosePassphrase`. */
export const withPassphrase = (command: Command): Command =>
  command.addOption(
    new Option(
      '--passphrase-fd <n>',
      'read the passphrase from this file descriptor; under npx only 0 works (default: CISTA_PASSPHRASE, else you are asked)',
    ).argParser(integerBetween(0, 1_000)),
  )

/** At most 20, which costs seconds and a gigabyte. */
export const workFactorOption = (): Option =>
  new Option('--work-factor <n>', 'log2 of the cost of the passphrase lock; lower only for tests')
    .env('CISTA_WORK_FACTOR')
    .default(18)
    .argParser(integerBetween(1, 20))

export const serverOption = (text = 'the ballot server'): Option =>
  new Option('--server <url>', text).env('CISTA_SERVER').argParser(webAddress)

export const electionOption = (text = 'the published id of the election'): Option =>
  new Option('--election <id>', text).env('CISTA_ELECTION').argParser(hex64('An election id'))

/** Both must be given. */
export const withElection = (command: Command): Command =>
  command.addOption(serverOption().makeOptionMandatory()).addOption(electionOption().makeOptionMandatory())
