import {
  type ActOf,
  type OrganiserKey,
  type OrganiserKind,
  counted,
  decodeRoll,
  encodeRoll,
  issueCredentials,
  nextTime,
  originOf,
  prepareAct,
  readManifest,
  rollChunks,
  rollMismatch,
  rollOf,
  tooLateToOpen,
} from '@cista/organiser'
import {
  type Course,
  type Definition,
  type RolledCredential,
  type Submission,
  compileDefinition,
} from '@cista/protocol'
import { Failure } from '@cista/terminal'
import { equalBytes, payloadHash } from '@cista/board'
import { writeCodes } from './codes.js'
import { decoding, read, readDefinition, contentIfThere, readText, write } from './files.js'
import { readPeople } from './people.js'
import { boardKeyFor } from './session.js'
import { parseSource } from './source.js'

export type Say = (line: string) => void

/** Seconds since 1970. */
export const now = (): number => Math.floor(Date.now() / 1000)

/** Makes the canonical manifest of a readable one. */
export async function makeManifest(
  file: string,
  out: string,
  { server, boardKey, force = false }: { server?: string; boardKey?: string; force?: boolean },
  say: Say,
): Promise<Definition> {
  const source = parseSource(await readText(file), file)
  const origin = originOf(source.tree)
  const asked =
    boardKey === undefined && server !== undefined && origin !== undefined
      ? await boardKeyFor(server, origin)
      : undefined
  // Without an origin the manifest is faulty anyway; all its other faults are wanted too.
  const made = readManifest(source.tree, boardKey ?? asked?.key ?? '', now())
  if ('faults' in made) {
    const lines = source.report(made.faults)
    throw new Failure(
      `${file}: ${lines.length === 1 ? 'one thing' : `${lines.length} things`} to mend`,
      lines,
    )
  }
  const there = force ? undefined : await contentIfThere(out)
  if (there !== undefined && !equalBytes(there, made.bytes))
    throw new Failure(
      `${out} is there already, and is another manifest or file: nothing was written. If an election may be running with it, choose another name with --out; else replace it with --force`,
    )
  await write(out, made.bytes)
  if (asked?.taken === true)
    say(
      `An election on ${server} has the origin “${origin}” already. Unless it is this very one, choose another origin: no two boards may share it.`,
    )
  return compileDefinition(payloadHash(made.bytes), made.manifest)
}

/** Codes for people, and the roll file with their public keys. */
export async function makeCredentials(
  files: { manifest: string; csv: string; outCodes: string; outRoll: string },
  say: Say,
): Promise<void> {
  const { definition } = await readDefinition(files.manifest)
  const people = readPeople(await readText(files.csv), files.csv, definition)
  const issued = issueCredentials(definition, people)
  await write(files.outCodes, writeCodes(issued), true)
  await write(files.outRoll, encodeRoll(rollOf(definition, issued)))
  say(
    `${counted(issued.length, 'code')} in ${files.outCodes}: each is somebody's vote. Deliver each to its owner alone; keep the file secret, and destroy it when nobody can lose a code any more`,
  )
  say(`${counted(issued.length, 'public key')} in ${files.outRoll}: post them with “roll”`)
}

/** What still has a purpose where voting can never open. */
const afterAll: readonly OrganiserKind[] = ['aborted', 'notice', 'page-changed']

/** One submission, judged as the board will judge it. @throws {Failure} with the reason before anything is sent. */
export function act<K extends OrganiserKind>(
  course: Course,
  kind: K,
  value: ActOf<K>,
  key: OrganiserKey,
): Submission {
  const time = nextTime(course, now())
  const late = tooLateToOpen(course, time)
  if (late !== undefined && !afterAll.includes(kind))
    throw new Failure(`${kind} leads nowhere: ${late}: “abort”, and begin anew with another manifest`)
  const prepared = decoding(kind, () => prepareAct(course, kind, value, key, time))
  if ('refusal' in prepared) throw new Failure(`${kind} is not possible now: ${prepared.refusal.why}`)
  return prepared.submission
}

/** Credentials of a roll file of this election, ascending. */
export async function readRoll(file: string, { id }: Definition): Promise<readonly RolledCredential[]> {
  const bytes = await read(file)
  const { election, credentials } = decoding(file, () => decodeRoll(bytes))
  if (election !== id) throw new Failure(`${file} is the roll of election ${election}`)
  return credentials
}

/** The chunks of a roll that are not on the board yet, in order. */
export async function rollSubmissions(
  course: Course,
  file: string,
  key: OrganiserKey,
): Promise<Submission[]> {
  const credentials = await readRoll(file, course.definition)
  if (course.phase.sealed) throw new Failure('the roll is sealed: use “change”')
  const why = rollMismatch(course, credentials)
  if (why !== undefined) throw new Failure(`${file}: ${why}`)
  const rest = credentials.slice(course.roll.size)
  if (rest.length === 0) throw new Failure('the whole roll is on the board already')
  return rollChunks(rest).map((chunk) => act(course, 'roll', { credentials: chunk }, key))
}

export function seal(course: Course, key: OrganiserKey, reference: string | undefined): Submission {
  const { chunks, size, weight } = course.roll
  if (chunks === 0 && !course.phase.sealed)
    throw new Failure('nobody is on the roll yet: post it with “roll”, then seal it')
  const numbers = { chunks, credentials: size, weight }
  return act(course, 'roll-sealed', reference === undefined ? numbers : { ...numbers, reference }, key)
}

const changeLists = ['added', 'removed', 'rekeyed', 'reweighted', 'restyled'] as const

/** A change of the roll from a YAML or JSON file with one or more of the lists, by public keys. */
export async function change(
  course: Course,
  key: OrganiserKey,
  file: string,
  reason: string,
): Promise<Submission> {
  const { tree } = parseSource(await readText(file), file)
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree))
    throw new Failure(`${file}: needs lists (${changeLists.join(', ')})`)
  const unknown = Object.keys(tree).find((k) => !(changeLists as readonly string[]).includes(k))
  if (unknown !== undefined)
    throw new Failure(`${file}: no list “${unknown}” here; there are ${changeLists.join(', ')}`)
  const lists = Object.fromEntries(changeLists.map((k) => [k, (tree as Record<string, unknown>)[k] ?? []]))
  return act(course, 'roll-changed', { ...lists, reason } as unknown as ActOf<'roll-changed'>, key)
}
