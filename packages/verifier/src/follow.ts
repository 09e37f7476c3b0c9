// Specification: 09 Verdict
import { DecodeError, type RecordSource } from '@cista/board'
import { Course, type Definition } from '@cista/protocol'
import type { Checked, Verdict } from './findings.js'
import { checkManifest } from './v1Manifest.js'
import { checkBoard } from './v2Board.js'
import { type Entries, checkEntries } from './v3Entries.js'

/**
 * V1 to V3, then the rules of roll and ballots replayed without ballots' proofs: enough to know what may be posted next.
 * @throws {DecodeError} with the first finding.
 */
export async function followRecord(source: RecordSource, election: string): Promise<Course> {
  const { definition, entries } = await followEntries(source, election)
  const course = new Course(definition)
  for (const entry of entries.placed) {
    const refusal = course.judge(entry)
    if (refusal !== undefined) throw new DecodeError(`entry ${entry.index}`, refusal.why)
    course.apply(entry)
  }
  return course
}

/** V1 to V3: what authorities have said, signed and legal where it stands. @throws {DecodeError} with the first finding. */
export async function followEntries(
  source: RecordSource,
  election: string,
): Promise<{ readonly definition: Definition; readonly entries: Checked<Entries> }> {
  const quiet = () => undefined
  const opening = accepted(await checkManifest(source, election))
  const board = accepted(await checkBoard(source, opening, undefined, quiet))
  const { definition } = opening
  return { definition, entries: accepted(checkEntries(definition, board, quiet)) }
}

function accepted<T>({ value, findings }: Verdict<T>): NonNullable<typeof value> {
  const [first] = findings
  if (first !== undefined) throw new DecodeError(first.at, `${first.why} (${first.code})`)
  return value!
}
