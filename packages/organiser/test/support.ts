import { boardKey, sha256, utf8 } from '@cista/board'
import { Failure } from '@cista/terminal'
import { testKeys } from '@cista/testkit'
import { parseSource } from '../cli/source.js'
import { type ReadManifest, readManifest } from '../src/index.js'

export const origin = 'elections.example/park'
export const vkey = boardKey(sha256(utf8('a board of tests')), origin)
export const keys = testKeys('organiser')

const people = (role: string, some: readonly { key: string }[]) =>
  some.map(({ key }, i) => `  - { name: ${role} ${i + 1}, key: "${key}" }`).join('\n')

/** A small election as people write it; every test changes a line or two of it. */
export const source = `title: What shall we build?
origin: ${origin}
schedule:
  opens: 2027-03-01T09:00:00+01:00
  closes: 2027-03-08T20:00:00+01:00
contests:
  - title: Choose up to two
    max: 2
    options:
      - A playground
      - A pond
      - { title: "Benches, and trees", id: benches }
  - title: Share five points
    kind: score
    budget: 5
    options: [Path, Lights]
  - title: Which colour?
    kind: ranking
    max: 2
    options: [Red, Green, Blue]
trustees:
${people('Trustee', keys.trustees)}
administrators:
${people('Administrator', keys.administrators)}
registrars:
${people('Registrar', keys.registrars)}
maximumWeight: 1200
`

/** The source with one text replaced by another; it must be there. */
export function changed(...changes: readonly (readonly [from: string, to: string])[]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the source has no “${from}”`)
    return text.replace(from, () => to)
  }, source)
}

export const readSource = (text: string): ReadManifest => readManifest(parseSource(text, 'e.yaml').tree, vkey)

export function manifestOf(text: string): Extract<ReadManifest, { manifest: unknown }> {
  const made = readSource(text)
  if ('faults' in made) throw new Error(faultsOf(text).join('\n'))
  return made
}

/** What is wrong with a source, as the command shows it. */
export function faultsOf(text: string): string[] {
  try {
    const file = parseSource(text, 'e.yaml')
    const made = readManifest(file.tree, vkey)
    return 'faults' in made ? file.report(made.faults) : []
  } catch (error) {
    if (error instanceof Failure) return error.details.length > 0 ? [...error.details] : [error.message]
    throw error
  }
}
