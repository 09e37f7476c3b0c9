import { DecodeError } from '@cista/board'
import { counted } from '@cista/organiser'
import type { Definition, Payload, RolledCredential, Submission } from '@cista/protocol'
import { Failure } from '@cista/terminal'
import { toPayload } from '@cista/verifier'
import { manifestLines } from './showManifest.js'

/** What is about to be signed. @throws {Failure} if it is no payload of this election. */
export function describeSubmission(
  definition: Definition,
  { kind, payload, hash, signatures }: Submission,
): string[] {
  if (kind === 'manifest' && hash !== definition.id)
    throw new Failure('the draft is the manifest of another election')
  try {
    const { value } = toPayload(definition, kind, payload)
    const text = linesOf(definition, { kind, value } as Payload)
    const by = signatures.length === 0 ? 'nobody yet' : signatures.map((s) => s.by).join(', ')
    return [`${kind}, signed by ${by}:`, ...text.map((line) => `  ${line}`)]
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    throw new Failure(`the draft is no ${kind} of this election: ${error.message}`)
  }
}

function linesOf(definition: Definition, { kind, value }: Payload): string[] {
  if (kind === 'manifest') return manifestLines(definition)
  if (kind !== 'roll') return JSON.stringify(value, null, 2).split('\n')
  const weight = value.credentials.reduce((sum, c) => sum + c.weight, 0)
  return [
    ...value.credentials.map((c) => `${c.key}  style ${c.style}, weight ${c.weight}`),
    `${counted(value.credentials.length, 'credential')}, total weight ${weight}; sequence ${value.sequence}`,
  ]
}

/** That each credential of a drafted roll stands in a roll file with the same rights, and none between them is left out. @throws {Failure} */
export function compareRoll(
  definition: Definition,
  { kind, payload }: Submission,
  roll: readonly RolledCredential[],
  file: string,
): string {
  const drafted = toPayload(definition, kind, payload)
  if (drafted.kind !== 'roll')
    throw new Failure(`the draft is a ${kind}, not a part of the roll: leave --roll out`)
  const { credentials } = drafted.value
  const start = roll.findIndex(({ key }) => key === credentials[0]?.key)
  for (const [i, { key, style, weight }] of credentials.entries()) {
    const own = start < 0 ? undefined : roll[start + i]
    if (own?.key !== key)
      throw new Failure(`${file} does not have credential ${key} at its place: do not sign`)
    if (own.style !== style || own.weight !== weight)
      throw new Failure(
        `credential ${key} has style “${own.style}” and weight ${own.weight} in ${file}: do not sign`,
      )
  }
  return `All ${counted(credentials.length, 'credential')} agree with ${file}, ${start + 1} to ${start + credentials.length} of its ${roll.length}.`
}
