import { isCancel, password } from '@clack/prompts'
import { firstLineOf } from './descriptor.js'
import { Failure, UsageFailure } from './failure.js'

/** Short enough passphrases are guessed whatever scrypt costs. */
const shortest = 8

export interface PassphraseOptions {
  readonly passphraseFd?: number
}

/** From a file descriptor, else from CISTA_PASSPHRASE, else asked for on the terminal. */
export async function readPassphrase({ passphraseFd }: PassphraseOptions): Promise<string> {
  if (passphraseFd !== undefined) return firstLineOf(passphraseFd)
  const { CISTA_PASSPHRASE } = process.env
  if (CISTA_PASSPHRASE !== undefined) return CISTA_PASSPHRASE
  return ask('Passphrase of your file')
}

/** As `readPassphrase`, for a new file: long enough, and typed twice on a terminal. */
export async function choosePassphrase(options: PassphraseOptions): Promise<string> {
  const chosen = await readPassphrase(options)
  if ([...chosen].length < shortest)
    throw new Failure(`a passphrase has at least ${shortest} characters; four or five random words are good`)
  const typed = options.passphraseFd === undefined && process.env['CISTA_PASSPHRASE'] === undefined
  if (typed && (await ask('The same passphrase again')) !== chosen)
    throw new Failure('the two passphrases differ')
  return chosen
}

async function ask(message: string): Promise<string> {
  if (!process.stdin.isTTY)
    throw new UsageFailure('no terminal to ask for the passphrase: use --passphrase-fd or CISTA_PASSPHRASE')
  const answer = await password({ message, output: process.stderr })
  if (isCancel(answer)) throw new Failure('cancelled')
  return answer
}
