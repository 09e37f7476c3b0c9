import { utf8 } from '@cista/board'
import { type Report, verifyRecord } from '@cista/verifier'
import { attacks } from './attacks.js'
import { type Attack, type Exhibit, exhibit } from './attacks/attack.js'
import { type Sample, samples } from './samples.js'
import { seeded } from './seeded.js'
import { expectedFile, loadVector } from './vectorFolder.js'

/** A record for verifiers in any language, and why it is there. */
export interface Vector {
  /** Its folder in docs/spec/vectors. */
  readonly folder: string
  readonly about: string
  readonly sample?: Sample
  readonly attack?: Attack
  make(): Promise<Exhibit>
}

/** What a verifier must say, in `expected.json`; what is not here, such as the words of a finding, is its own. */
export interface Expected {
  readonly about: string
  /** What the verifier is told besides the record: the published election id, and a file with a checkpoint from before. */
  readonly given: { readonly election?: string; readonly checkpoint?: string }
  readonly verdict: Report['verdict']
  readonly election: string | null
  readonly checks: readonly {
    readonly id: string
    readonly status: string
    /** Of a check that failed it is a verifier's own how far it came. */
    readonly looked?: number
    /** Distinct codes of findings, sorted. */
    readonly codes: readonly string[]
  }[]
  readonly results: Report['results']
  readonly ballots: Report['ballots']
  readonly aborted?: string
}

const earlierFile = 'earlier-checkpoint'
const slug = (name: string) =>
  name
    .normalize('NFD')
    .toLowerCase()
    .replaceAll(/[’\p{M}]/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')

export const vectors: readonly Vector[] = [
  ...samples.map((sample) => ({
    folder: `elections/${sample.name}`,
    about: sample.about,
    sample,
    make: async () => exhibit(await sample.make()),
  })),
  ...attacks.map((attack) => ({
    folder: `attacks/${attack.code}/${slug(attack.name)}`,
    about: attack.name,
    attack,
    make: () => attack.make(),
  })),
]

/** What of a report every verifier must agree on. */
export function expectedOf(report: Report, about: string, given: Expected['given']): Expected {
  const { verdict, election, checks, results, ballots, aborted } = report
  return {
    about,
    given,
    verdict,
    election,
    checks: checks.map(({ id, status, looked, findings }) => ({
      id,
      status,
      ...(status === 'failed' ? {} : { looked }),
      codes: [...new Set(findings.map((f) => f.code))].sort(),
    })),
    results,
    ballots,
    ...(aborted === undefined ? {} : { aborted }),
  }
}

/** An attack as it is stored: the same bytes as `make` makes where chance is seeded, sooner. */
export function storedExhibit(attack: Attack): Exhibit {
  const { folder } = vectors.find((vector) => vector.attack === attack)!
  return loadVector(folder)
}

/** What is given to a verifier: all files of a vector but `expected.json`, the same bytes every time. */
export async function makeGiven({ folder, make }: Vector) {
  const { record, options = {} } = await seeded(folder, make)
  const files = new Map<string, Uint8Array>()
  for (const path of await record.list!()) files.set(`record/${path}`, (await record.read(path))!)
  const { election, earlier } = options
  if (earlier !== undefined) files.set(earlierFile, utf8(earlier))
  const given = {
    ...(election === undefined ? {} : { election }),
    ...(earlier === undefined ? {} : { checkpoint: earlierFile }),
  }
  return { files, given, record, options }
}

/** All files of a vector, by their paths in its folder: the same bytes every time. */
export async function makeVector(vector: Vector): Promise<Map<string, Uint8Array>> {
  const { files, given, record, options } = await makeGiven(vector)
  const expected = expectedOf(await verifyRecord(record, options), vector.about, given)
  return files.set(expectedFile, utf8(`${JSON.stringify(expected, null, 2)}\n`))
}
