import { type ActOf, type OrganiserKey, issueCredentials } from '@cista/organiser'
import { type Course, type Eligible, credentialOf, parseCode } from '@cista/protocol'
import { Failure, UsageFailure } from '@cista/terminal'
import { type CodesFile, appendCode, ownerOf, readCodes } from './codes.js'
import { act } from './commands.js'
import { control } from './people.js'
import type { Announced } from './posting.js'

/** Somebody on the roll, by their name or id in a file of codes. */
export interface Named {
  readonly name: string
  readonly codes: string
}
export interface Voter extends Eligible {
  readonly name: string
  readonly id: string
  /** Public key of the credential in force. */
  readonly key: string
  /** Somebody with a new code has older ones in the file. */
  readonly file: CodesFile
}

/**
 * The credential of a person: of all codes that the file has for them, the one that is on the roll now.
 * @throws {Failure} where there is none, or more than one.
 */
export async function voterOf(course: Course, { name: wanted, codes }: Named): Promise<Voter> {
  const file = await readCodes(codes)
  const owner = ownerOf(file, wanted)
  if (owner === undefined) throw new Failure(`${codes}: nobody is called “${wanted}”`)
  const { keys, why } = keysOf(course, owner.codes)
  const onRoll = keys.filter((key) => course.roll.get(key) !== undefined)
  const [key, another] = onRoll
  if (key === undefined && why !== undefined && keys.length === 0)
    throw new Failure(`${codes}: the code of ${wanted} is ${why}`)
  if (key === undefined)
    throw new Failure(
      `no code that ${codes} has for ${wanted} is on the roll: it was removed, never posted, or replaced with another copy of this file at hand`,
    )
  if (another !== undefined)
    throw new Failure(`${wanted} has ${onRoll.length} credentials on the roll: say which`, onRoll)
  return { ...course.roll.get(key)!, name: owner.name, id: owner.id, key, file }
}

function keysOf({ definition: { id } }: Course, codes: readonly string[]) {
  const parsed = codes.map((code) => parseCode(id, code))
  return {
    keys: parsed.flatMap((p) => ('code' in p ? [credentialOf(id, p.code).key] : [])),
    why: parsed.flatMap((p) => ('fault' in p ? [p.why] : []))[0],
  }
}

/** What the board says of somebody, for them to compare. */
export function voterLines(course: Course, { name, key, style, weight }: Voter): string[] {
  const last = course.box.last(key)
  return [
    `name: ${name}`,
    `credential: ${key}`,
    `ballot style: ${style}, weight: ${weight}`,
    `cancelled: ${course.roll.isCancelled(key) ? 'yes, its owner votes on paper' : 'no'}`,
    `last ballot: ${last === undefined ? 'none' : `entry ${last.index}, tracker ${last.tracker}`}`,
  ]
}

type Lists = Omit<ActOf<'roll-changed'>, 'reason'>
const none: Lists = { added: [], rekeyed: [], removed: [], restyled: [], reweighted: [] }

const changeRoll = (course: Course, key: OrganiserKey, lists: Partial<Lists>, reason: string) =>
  act(course, 'roll-changed', { ...none, ...lists, reason }, key)

/** That a ballot will not count any more should be no surprise. */
const voidLines = ({ box }: Course, { name, key }: Voter, then: string): string[] =>
  box.last(key) === undefined ? [] : [`${name} has voted: that ballot becomes void. ${then}`]

/** Cancels the credential of somebody who votes on paper. @param who a name, or “credential …”. */
export function cancelVoter(
  course: Course,
  by: OrganiserKey,
  { who, key: credential }: { readonly who: string; readonly key: string },
  reason: string,
): Announced {
  const submission = act(course, 'cancelled', { credential, reason }, by)
  const voted = course.box.last(credential) !== undefined
  const before = `Cancelling is final: ${who} can vote on paper only.`
  return {
    submission,
    before: voted ? [`${who} has voted: that ballot does not count any more.`, before] : [before],
  }
}

export async function removeVoter(course: Course, by: OrganiserKey, voter: Voter, reason: string) {
  const submission = changeRoll(course, by, { removed: [voter.key] }, reason)
  return { submission, before: voidLines(course, voter, 'Nobody can vote in its place.') }
}

export async function restyleVoter(
  course: Course,
  by: OrganiserKey,
  voter: Voter,
  style: string,
  reason: string,
): Promise<Announced> {
  if (voter.style === style) throw new Failure(`${voter.name} has ballot style “${style}” already`)
  const submission = changeRoll(course, by, { restyled: [{ key: voter.key, style }] }, reason)
  return { submission, before: voidLines(course, voter, 'Tell them to vote again, with the same code.') }
}

export function reweighVoter(
  course: Course,
  by: OrganiserKey,
  voter: Voter,
  weight: number,
  reason: string,
): Announced {
  if (voter.weight === weight) throw new Failure(`${voter.name} has weight ${weight} already`)
  const submission = changeRoll(course, by, { reweighted: [{ key: voter.key, weight }] }, reason)
  return { submission }
}

/** A new code in place of a lost or stolen one. It is in the file before anything is posted, and nothing is taken out of the file. */
export function giveNewCode(course: Course, by: OrganiserKey, voter: Voter, reason: string): Announced {
  const { name, id, style, weight, file } = voter
  const [issued] = issueCredentials(course.definition, [{ name, style, weight }])
  const { code, key } = issued!
  const submission = changeRoll(course, by, { rekeyed: [{ from: voter.key, to: key }] }, reason)
  return {
    submission,
    save: () => appendCode(file, { name, id }, code),
    before: voidLines(course, voter, 'Tell them to vote again, with the new code.'),
    ...deliver(name, file.path, code),
  }
}

export interface Latecomer {
  readonly name: string
  readonly id?: string
  readonly style?: string
  readonly weight: number
  readonly codes: string
}

/** Somebody who was not on the roll, with a code of their own. */
export async function addVoter(
  course: Course,
  by: OrganiserKey,
  { name: typed, id, style: wanted, weight, codes }: Latecomer,
  reason: string,
): Promise<Announced> {
  const { definition, roll } = course
  const file = await readCodes(codes)
  const name = typed.trim()
  if (name === '' || control.test(name + (id ?? '')))
    throw new Failure('a name without line breaks is needed')
  if (file.withId !== (id !== undefined))
    throw new UsageFailure(
      file.withId
        ? `${codes} tells people apart by ids: give --id`
        : `${codes} has no column “id”: leave --id out`,
    )
  const { styles } = definition.manifest
  const style = wanted ?? (styles.length === 1 ? styles[0]!.id : undefined)
  if (style === undefined)
    throw new UsageFailure(`give --style, one of ${styles.map((s) => s.id).join(', ')}`)
  const known = ownerOf(file, id ?? name)
  if (known !== undefined && keysOf(course, known.codes).keys.some((key) => roll.get(key) !== undefined))
    throw new Failure(`${id ?? name} is on the roll already: “find” shows the credential`)
  const [issued] = issueCredentials(definition, [{ name, style, weight }])
  const { code, key } = issued!
  const submission = changeRoll(course, by, { added: [{ key, style, weight }] }, reason)
  const save = () => appendCode(file, { name, ...(id === undefined ? {} : { id }) }, code)
  return { submission, save, ...deliver(name, file.path, code) }
}

const deliver = (name: string, path: string, code: string) => ({
  posted: [`code of ${name}, for nobody else: ${code}`],
  otherwise: [
    `The new code of ${name} is the last row of ${path}. It counts only once this change is on the board: “find” shows whether it is.`,
  ],
})
