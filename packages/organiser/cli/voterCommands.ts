import { type ElectionOptions, UsageFailure, hex64, integerBetween, withElection } from '@cista/terminal'
import type { Command } from 'commander'
import { withReason } from './options.js'
import { posting } from './posting.js'
import { print } from './print.js'
import { follow } from './session.js'
import {
  type Latecomer,
  type Named,
  addVoter,
  cancelVoter,
  giveNewCode,
  removeVoter,
  restyleVoter,
  reweighVoter,
  voterLines,
  voterOf,
} from './voters.js'

const codesFile = 'the file of names and codes, as “credentials --out-codes” wrote it'
const named = (command: Command) =>
  command.requiredOption('--name <name>', 'who, by name or id').requiredOption('--codes <file>', codesFile)
const weight = integerBetween(1, 1_000_000_000)

type Reasoned = { readonly reason: string }

/** What registrars do for one person, who is named as the file of codes names them. */
export function addVoterCommands(program: Command): void {
  const voter = (name: string, description: string) =>
    withReason(named(program.command(name).description(description)))

  withElection(
    named(
      program
        .command('find')
        .description("somebody's credential, and what the board says of it; prints no code, signs nothing"),
    ),
  ).action(async ({ server, election, ...who }: ElectionOptions & Named) => {
    const course = await follow(server, election)
    voterLines(course, await voterOf(course, who)).forEach(print)
  })

  posting<Named & Reasoned>(
    voter(
      'new-code',
      'replace a lost or stolen code: makes a new one, prints it, adds it to the file of codes',
    ),
    async (course, key, options) => giveNewCode(course, key, await voterOf(course, options), options.reason),
  )
  posting<Latecomer & Reasoned>(
    withReason(
      program
        .command('add')
        .description('put somebody on the sealed roll: makes a code, prints it, adds it to the file of codes')
        .requiredOption('--name <name>', 'who')
        .option('--id <id>', 'what tells people of one name apart (required where the file of codes has ids)')
        .option('--style <style>', 'ballot style (required where there are several)')
        .option('--weight <n>', 'weight of the vote', weight, 1)
        .requiredOption('--codes <file>', codesFile),
    ),
    (course, key, options) => addVoter(course, key, options, options.reason),
  )
  posting<Named & Reasoned>(
    voter('remove', 'take somebody off the sealed roll'),
    async (course, key, options) => removeVoter(course, key, await voterOf(course, options), options.reason),
  )
  posting<Named & Reasoned & { readonly style: string }>(
    voter('restyle', 'give somebody another ballot style').requiredOption('--style <style>', 'the new one'),
    async (course, key, options) =>
      restyleVoter(course, key, await voterOf(course, options), options.style, options.reason),
  )
  posting<Named & Reasoned & { readonly weight: number }>(
    voter('reweigh', 'give somebody another weight').requiredOption('--weight <n>', 'the new one', weight),
    async (course, key, options) =>
      reweighVoter(course, key, await voterOf(course, options), options.weight, options.reason),
  )
  posting<Partial<Named> & Reasoned & { readonly credential?: string }>(
    withReason(
      program.command('cancel').description('cancel the credential of somebody who votes on paper; final'),
    )
      .option('--credential <key>', 'its public key (required without --name)', hex64('A credential'))
      .option('--name <name>', 'or its owner by name or id, with --codes')
      .option('--codes <file>', codesFile),
    async (course, key, { credential, name, codes, reason }) => {
      if (credential !== undefined)
        return cancelVoter(course, key, { who: `credential ${credential}`, key: credential }, reason)
      if (name === undefined || codes === undefined)
        throw new UsageFailure('name the credential with --credential, or with --name and --codes')
      const owner = await voterOf(course, { name, codes })
      return cancelVoter(course, key, { who: owner.name, key: owner.key }, reason)
    },
  )
}
