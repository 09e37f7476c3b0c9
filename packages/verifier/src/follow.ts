// Specification: 09 Verdict
import { DecodeError, type RecordSource } from '@cista/board'
import { Course } from '@cista/protocol'
import type { Verdict } from './findings.js'
import { checkManifest } from './v1Manifest.js'
import { checkBoard } from './v2Board.js'
import { checkEntries } from './v3Entries.js'

/**
 * V1 to V3, then the rules of roll and ballots replayed without ballots' proofs: enough to know what may be posted next.
 * @throws {DecodeError} with the first finding.
 */
export async function followRecord(source: RecordSource, election: string): Promise<Course> {
  const quiet = () => undefined
  const opening = accepted(await checkManifest(source, election))
  const board = accepted(await checkBoard(source, opening, undefined, quiet))
  const { placed } = accepted(checkEntries(opening.definition, board, quiet))
  const course = new Course(opening.definition)
  for (const entry of placed) {
    const refusal = course.judge(entry)
    if (refusal !== undefined) throw new DecodeError(`entry ${entry.index}`, refusal.why)
    course.apply(entry)
  }
  return course
}

function accepted<T>({ value, findings }: Verdict<T>): NonNullable<typeof value> {
  const [first] = findings
  if (first !== undefined) throw new DecodeError(first.at, `${first.why} (${first.code})`)
  return value!
}
