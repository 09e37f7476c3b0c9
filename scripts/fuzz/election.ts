import { leafHash, toHex } from '@cista/board'
import { Course } from '@cista/protocol'
import type { Simulation } from '@cista/testkit'
import { toPayload } from '@cista/verifier'

/** The state of the election before each of its entries. */
export function coursesOf({ definition, log }: Simulation): Course[] {
  return log.map((_, size) => {
    const course = new Course(definition)
    for (const { kind, bytes, entry, entryBytes } of log.slice(0, size)) {
      const { index, batchTime, payload: hash } = entry
      const leaf = toHex(leafHash(entryBytes))
      course.apply({ payload: toPayload(definition, kind, bytes), index, batchTime, hash, leaf })
    }
    return course
  })
}
