import type { OrganiserKey } from '@cista/organiser'
import type { Course, Submission } from '@cista/protocol'
import { type ElectionOptions, readPassphrase, withElection } from '@cista/terminal'
import type { Command } from 'commander'
import { readKey } from './files.js'
import { type KeyOptions, withKey } from './options.js'
import { print, say } from './print.js'
import { follow, postOrDraft, requireSignatures } from './session.js'

export type ActOptions = KeyOptions & ElectionOptions & { readonly draft?: string }

/** A submission with what is to be said around it. */
export interface Announced {
  readonly submission: Submission
  /** Writes what must not be lost; done before anything is posted or drafted, and not at all where it cannot be posted. */
  readonly save?: () => Promise<void>
  /** Said before it is posted. */
  readonly before?: readonly string[]
  /** Printed once it is on the board. */
  readonly posted?: readonly string[]
  /** Said where it is not on the board, or may not be. */
  readonly otherwise?: readonly string[]
}
type Prepare<O> = (
  course: Course,
  key: OrganiserKey,
  options: O & ElectionOptions,
) => Submission | Announced | Promise<Submission | Announced>

export const unlock = async (options: KeyOptions): Promise<OrganiserKey> =>
  readKey(options.key, await readPassphrase(options))

/** A command that posts one payload, or leaves it as a draft for co-signers. */
export function posting<O>(command: Command, prepare: Prepare<O>): Command {
  return withElection(withKey(command))
    .option('--draft <file>', 'do not post: write it here for co-signers (default: post at once)')
    .action(async (options: ActOptions & O) => {
      const key = await unlock(options)
      const course = await follow(options.server, options.election)
      const prepared = await prepare(course, key, options)
      const announced: Announced = 'submission' in prepared ? prepared : { submission: prepared }
      const { submission, save, before = [], posted = [], otherwise = [] } = announced
      if (options.draft === undefined) requireSignatures(course.definition, submission)
      await save?.()
      before.forEach(say)
      let onBoard = false
      try {
        print(await postOrDraft(options.server, course.definition, submission, options.draft))
        onBoard = options.draft === undefined
      } finally {
        if (!onBoard) otherwise.forEach(say)
      }
      if (onBoard) posted.forEach(print)
    })
}
