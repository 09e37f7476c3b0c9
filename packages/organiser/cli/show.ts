import { DecodeError } from '@cista/board'
import { counted } from '@cista/organiser'
import type { Definition, Submission } from '@cista/protocol'
import { toPayload } from '@cista/verifier'
import { Failure } from './failure.js'

/** What a manifest says, for people to read before they sign. */
export function manifestLines({ id, manifest }: Definition): string[] {
  const lang = manifest.languages[0]!
  const people = (list: readonly { name: string; key: string }[]) => list.map((p) => `  ${p.key} ${p.name}`)
  return [
    `election: ${id}`,
    `title: ${manifest.title[lang]}`,
    ...manifest.contests.flatMap((c) => [
      `contest ${c.id} (${c.kind}): ${c.title[lang]}, ${counted(c.options.length, 'option')}`,
      ...c.options.map((o) => `  ${o.id}: ${o.title[lang]}`),
    ]),
    `opens ${manifest.schedule.opens}, closes ${manifest.schedule.closes}`,
    `trustees, any ${manifest.threshold} of ${manifest.trustees.length} decrypt:`,
    ...people(manifest.trustees),
    `administrators, ${counted(manifest.administrators.quorum, 'signature')} needed:`,
    ...people(manifest.administrators.keys),
    `registrars, ${counted(manifest.registrars.quorum, 'signature')} needed:`,
    ...people(manifest.registrars.keys),
    `roll: a total weight of at most ${manifest.maximumWeight}; ballot styles ${manifest.styles.map((s) => s.id).join(', ')}`,
    `results with fewer than ${counted(manifest.minimumBallots, 'ballot')} are withheld; re-votes: at most ${manifest.revisions}`,
    `votes on paper: ${manifest.paper ? 'yes' : 'no'}; closing on request: ${manifest.closeOnRequest ? 'yes' : 'no'}`,
    'Publish the election id: it is what voters and observers compare.',
  ]
}

/** What is about to be signed. @throws {Failure} if it is no payload of this election. */
export function describeSubmission(
  definition: Definition,
  { kind, payload, hash, signatures }: Submission,
): string[] {
  if (kind === 'manifest' && hash !== definition.id)
    throw new Failure('the draft is the manifest of another election')
  try {
    const { value } = toPayload(definition, kind, payload)
    const text = kind === 'manifest' ? manifestLines(definition) : JSON.stringify(value, null, 2).split('\n')
    const by = signatures.length === 0 ? 'nobody yet' : signatures.map((s) => s.by).join(', ')
    return [`${kind}, signed by ${by}:`, ...text.map((line) => `  ${line}`)]
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new Failure(`the draft is no ${kind} of this election: ${error.message}`)
  }
}
