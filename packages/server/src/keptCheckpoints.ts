import { mkdirSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Checkpoint, DecodeError, openCheckpoint } from '@cista/board'
import type { Definition } from '@cista/protocol'
import { policyOf } from '@cista/verifier'

/**
 * The newest head of every board that this process has published or seen published, kept apart from the database: an old copy of that, put in
 * its place, is noticed and refused, also where there are no witnesses.
 */
export interface KeptCheckpoints {
  /** Before the note is shown to anybody. Older notes than the one that is kept do not come here. */
  keep(election: string, note: string): Promise<void>
  /** @throws {DecodeError} where the file is no checkpoint of this board: somebody must look at it. */
  last(definition: Definition): Promise<Checkpoint | undefined>
}

/**
 * One file per election, named by its id: a checkpoint as `GET /elections/<id>/checkpoint` answers it, so that others can be put here too. The
 * folder is this process's own: the data folder is locked.
 */
export function keptCheckpoints(folder: string): KeptCheckpoints {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return {
    async keep(election, note) {
      const path = join(folder, election)
      const draft = `${path}.${process.pid}`
      // No fsync: after a power failure it may be an older one, which refuses less and nothing wrongly.
      await writeFile(draft, note)
      await rename(draft, path)
    },

    async last(definition) {
      const path = join(folder, definition.id)
      let note
      try {
        note = await readFile(path, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw error
      }
      try {
        return openCheckpoint(note, policyOf(definition)).checkpoint
      } catch (error) {
        if (!(error instanceof DecodeError)) throw error
        throw new DecodeError(
          path,
          `${error.message}. Put a checkpoint of this board there, or remove the file if you know why`,
        )
      }
    },
  }
}
