import { type PassphraseOptions, serverOption, withPassphrase } from '@cista/terminal'
import type { Command } from 'commander'

export interface KeyOptions extends PassphraseOptions {
  readonly key: string
}

export const withKey = (command: Command) =>
  withPassphrase(command.requiredOption('--key <file>', 'your key file'))
export const withServer = (command: Command) => command.addOption(serverOption().makeOptionMandatory())
export const withReason = (command: Command) =>
  command.requiredOption('--reason <text>', 'why; it stands in the public record')
export const withManifest = (command: Command) =>
  command.requiredOption('--manifest <file>', 'the canonical manifest, as “manifest --out” writes it')
