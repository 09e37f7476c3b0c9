import {
  type ElectionOptions,
  type PassphraseOptions,
  withPassphrase,
  workFactorOption,
} from '@cista/terminal'
import { type Command, Option } from 'commander'

export interface FileOptions extends PassphraseOptions {
  readonly file: string
  readonly workFactor: number
}
export type StepOptions = FileOptions & ElectionOptions & { readonly wait?: boolean }

export const onFile = (command: Command) =>
  withPassphrase(
    command.addOption(
      new Option('--file <path>', 'your secret file, locked with a passphrase')
        .env('CISTA_TRUSTEE_FILE')
        .default('trustee.age'),
    ),
  ).addOption(workFactorOption())
export const waiting = (command: Command) =>
  command.option('--wait', 'wait until this step is possible (default: say so and end)')
