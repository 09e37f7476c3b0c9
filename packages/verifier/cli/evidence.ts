import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseCheckpoint, parseNote } from '@cista/board'
import type { Definition } from '@cista/protocol'
import type { SeenCheckpoint } from '@cista/verifier'

/** What was found, in a sentence, and the checkpoints that show it. */
export interface Exhibits {
  readonly what: string
  /** Whether the two checkpoints cannot both be of one history. */
  readonly contradict: boolean
  readonly checkpoints: readonly SeenCheckpoint[]
}

/** Writes a new file into the folder, which may be new too. @param time RFC 3339. @returns its path. */
export async function writeEvidence(
  folder: string,
  definition: Definition,
  exhibits: Exhibits,
  time: string,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const text = evidenceText(definition, exhibits, time)
  for (let i = 1; ; i++) {
    const path = join(folder, `evidence-${time.replaceAll(':', '-')}${i === 1 ? '' : `-${i}`}.txt`)
    try {
      await writeFile(path, text, { flag: 'wx', flush: true })
      return path
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

export function evidenceText(
  { id, manifest }: Definition,
  { what, contradict, checkpoints }: Exhibits,
  time: string,
): string {
  return [
    `Evidence about the board of election ${id}`,
    `Found ${time}: ${what}`,
    '',
    'The checkpoints below are C2SP signed notes. The key of this board, from the manifest whose SHA-256 is the election id:',
    manifest.board,
    ...(contradict ? howToJudge(checkpoints) : []),
    '',
    ...checkpoints.map(({ name, note }) => `----- checkpoint, from ${name}\n${note}`),
    '',
  ].join('\n')
}

function howToJudge(checkpoints: readonly SeenCheckpoint[]): string[] {
  const sizes = new Set(checkpoints.map(({ note }) => parseCheckpoint(parseNote(note).body).size))
  return sizes.size === 1
    ? ['Both are of one size and have different roots: whoever verifies both signatures needs nothing else.']
    : [
        'They are of different sizes. Whoever has a copy of the record under the larger one sees that it does not continue the',
        'smaller one: cista-verify COPY --checkpoint FILE, where FILE holds the smaller one alone. Keep such a copy.',
      ]
}
