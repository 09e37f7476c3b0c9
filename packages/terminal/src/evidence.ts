import { open } from 'node:fs/promises'
import type { Submission } from '@cista/protocol'

/** An answer of a server, with what it was the answer to. */
export interface Answer {
  /** Where it was sent. */
  readonly url: string
  readonly election: string
  readonly entry: string
  readonly receipt: string
}

/**
 * Keeps an answer that proves nothing, for others to see, in a new file `evidence-<hash>.json` of the current folder.
 * @returns the file's name, or the whole answer where it cannot be written.
 */
export async function keepEvidence({ kind, hash }: Submission, answer: Answer): Promise<string> {
  const time = new Date().toISOString()
  const text = `${JSON.stringify({ time, kind, submission: hash, ...answer }, null, 2)}\n`
  for (let n = 1; ; n++) {
    const path = `evidence-${hash.slice(0, 8)}${n === 1 ? '' : `-${n}`}.json`
    try {
      const file = await open(path, 'wx', 0o644)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      return `The whole answer is in ${path}: keep it, and tell everybody`
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue
      return `${path} cannot be written (${(error as Error).message}); keep this answer, and tell everybody: ${text}`
    }
  }
}
