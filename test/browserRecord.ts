import { sha256, utf8 } from '@cista/board'
import { makeCode } from '@cista/protocol'
import type { Simulation } from '@cista/testkit'

/** The code of the i-th voter of a simulation. */
export const testCode = ({ definition }: Simulation, i: number): string =>
  makeCode(definition.id, sha256(utf8(`test code ${i}`)))

/** A simulation's record in a form that passes into a page, and where in it to look. */
export async function recordFiles(simulation: Simulation, voter: number) {
  const record = await simulation.record()
  const files = await Promise.all(
    record.paths().map(async (path): Promise<[string, number[]]> => [path, [...(await record.read(path))!]]),
  )
  const { key } = simulation.voters[voter]!.credential
  const where = (test: (kind: string, text: string) => boolean) =>
    simulation.log.flatMap(({ kind, bytes }, i) => (test(kind, new TextDecoder().decode(bytes)) ? [i] : []))
  const hints = {
    ceremony: where((kind) => kind.startsWith('trustee-')),
    opened: where((kind) => kind === 'opened')[0]!,
    roll: where((kind, text) => kind === 'roll' && text.includes(key))[0]!,
  }
  return { files, id: simulation.definition.id, hints }
}
