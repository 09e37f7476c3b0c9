import {
  DecodeError,
  boolean,
  encodeDocument,
  hex,
  integer,
  isKeyName,
  limits as board,
  list,
  parseVerifierKey,
  pattern,
  record,
  refine,
  text,
} from '@cista/board'
import {
  type Manifest,
  formatVersion,
  identifier,
  limits,
  manifestCodec,
  manifestFaults,
  nameText,
  suite,
} from '@cista/protocol'
import { Place, type SourceFault, type SourcePath } from './place.js'
import { readSchedule } from './readableTime.js'
import { hasSureIds, trialOf } from './trial.js'
import { idsOf, readContest } from './readableContest.js'
import { readLanguages, readProse, readTitle } from './readableText.js'

/** What stands in a manifest where its readable form says nothing. The record itself has no defaults. */
export const usual = {
  closeOnRequest: false,
  minimumBallots: 5,
  paper: false,
  revisions: limits.usualRevisions,
  style: 'all',
  tolerance: 300,
} as const

const known = [
  'title',
  'description',
  'languages',
  'origin',
  'board',
  'schedule',
  'contests',
  'styles',
  'units',
  'trustees',
  'threshold',
  'administrators',
  'registrars',
  'witnesses',
  'revisions',
  'paper',
  'closeOnRequest',
  'minimumBallots',
  'maximumWeight',
  'tolerance',
  'page',
]
const key = hex(32)
const verifierKey = text(512, 1)
const originName = refine(text(board.originBytes, 1), (name) =>
  isKeyName(name)
    ? undefined
    : 'may hold letters without accents, digits and signs, but no space and no plus, as in example.org/2027',
)
const people = integer(1, limits.trustees)
const total = integer(1, limits.total)

export type ReadManifest =
  | { readonly manifest: Manifest; readonly bytes: Uint8Array }
  | { readonly faults: readonly SourceFault[] }

/** The name of the board whose key the server must be asked for; undefined where the source gives the key itself, or no name. */
export function originOf(source: unknown): string | undefined {
  const root = new Place(source, [], [])
  const origin = root.field('origin') ?? root.field('board')?.field('origin')
  const given = root.field('board')
  return typeof given?.value === 'string' || typeof origin?.value !== 'string' || !isKeyName(origin.value)
    ? undefined
    : origin.value
}

/**
 * A manifest from the form that people write (YAML or JSON, parsed). Faults are reported at once, those of form and whatever else keeps the
 * election from working, save what only a part that is faulty itself would show.
 * @param boardKey verifier key of the board, where the source gives its origin only.
 * @param now seconds since 1970; without it, a closing time that has passed is no fault.
 */
export function readManifest(source: unknown, boardKey?: string, now?: number): ReadManifest {
  const faults: SourceFault[] = []
  const root = new Place(source, [], faults)
  if (!root.knows(...known)) return { faults }
  const languages = readLanguages(root)
  const title = readTitle(root.required('title', 'the name of the election'), languages)
  const description = readProse(root.field('description'), languages)
  const contests = readContests(root, languages)
  const styles = readStyles(root, contests, hasSureIds(faults))
  const trustees = readKeys(
    root.required('trustees', 'who make the election key, a name and a key each')?.items() ?? [],
  )
  const draft = {
    administrators: readKeySet(root, 'administrators', 'who run the election, a name and a key each'),
    board: readBoard(root, boardKey),
    closeOnRequest: root.field('closeOnRequest')?.take(boolean) ?? usual.closeOnRequest,
    contests,
    ...(description === undefined ? {} : { description }),
    languages,
    maximumWeight:
      root
        .required(
          'maximumWeight',
          'the most that all voters may weigh together, now and after every change of the roll; a little more than there are voters',
        )
        ?.take(total) ?? 1,
    minimumBallots: root.field('minimumBallots')?.take(total) ?? usual.minimumBallots,
    page: root.field('page')?.take(record(pattern(/[\w./-]+/, 'a path', 200), key)) ?? {},
    paper: root.field('paper')?.take(boolean) ?? usual.paper,
    registrars: readKeySet(root, 'registrars', 'who sign the roll, a name and a key each'),
    revisions: root.field('revisions')?.take(integer(0, limits.revisions)) ?? usual.revisions,
    schedule: readSchedule(root, now),
    styles,
    suite,
    threshold: root.field('threshold')?.take(people) ?? majority(trustees.length),
    title: title ?? {},
    tolerance: root.field('tolerance')?.take(integer(0, limits.toleranceSeconds)) ?? usual.tolerance,
    trustees,
    units: readUnits(root, contests, styles, hasSureIds(faults)),
    version: formatVersion,
    witnesses: readWitnesses(root),
  } satisfies Manifest
  return finished(draft, source, faults)
}

const majority = (n: number): number => Math.floor(n / 2) + 1

/** The manifest; or what was wrong already, and all else that keeps the election from working. */
function finished(draft: Manifest, source: unknown, faults: readonly SourceFault[]): ReadManifest {
  const { manifest, isDoubtful } = trialOf(draft, faults)
  const found = (path: string, why: string): SourceFault[] => {
    const steps = stepsOf(path)
    return isDoubtful(steps) ? [] : [{ path: inSource(steps, source), why }]
  }
  try {
    const bytes = encodeDocument(manifestCodec, manifest)
    const all = [...faults, ...manifestFaults(manifest).flatMap(({ path, why }) => found(path, why))]
    return all.length === 0 ? { manifest, bytes } : { faults: all }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    return { faults: [...faults, ...found(error.path, error.why)] }
  }
}

/** `administrators.keys[1].name` in steps. */
const stepsOf = (path: string): (string | number)[] =>
  [...path.replace(/^document\.?/, '').matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, i, name]) =>
    i === undefined ? name!.replace(/ key$/, '') : Number(i),
  )

/** Steps in the manifest as steps in the source, where key sets may be plain lists. */
function inSource(inManifest: SourcePath, source: unknown): SourcePath {
  const steps = [...inManifest]
  const fields = source as Record<string, unknown>
  const [first] = steps
  if (first === 'board' && fields['board'] === undefined) return ['origin']
  if (typeof first === 'string' && steps[1] === 'keys' && Array.isArray(fields[first])) steps.splice(1, 1)
  return steps
}

function readBoard(root: Place, boardKey: string | undefined): string {
  const board = root.field('board')
  const origin = root.field('origin') ?? board?.field('origin')
  if (board?.isMap === true) board.knows('origin')
  if (board !== undefined && !board.isMap) return board.take(verifierKey) ?? ''
  const name = origin?.take(originName)
  if (origin === undefined)
    root.lacks('origin', 'the name of the board, unique to this election, as in example.org/2027')
  if (name === undefined) return ''
  if (boardKey === undefined) {
    origin?.fault('the key of this board is needed: name the server that keeps it')
    return ''
  }
  if (boardOrigin(boardKey) !== name) origin?.fault('the board key is malformed, or of another board')
  return boardKey
}

function boardOrigin(boardKey: string): string | undefined {
  try {
    return parseVerifierKey(boardKey).name
  } catch (error) {
    if (error instanceof DecodeError) return undefined
    throw error
  }
}

function readContests(root: Place, languages: readonly string[]): Manifest['contests'] {
  const places = root.required('contests', 'what is voted on')?.items() ?? []
  const taken = idsOf(places)
  return places.map((place, i) => readContest(place, i, languages, taken))
}

/** @param sure whether the ids of contests are what was meant. */
function readStyles(root: Place, all: Manifest['contests'], sure: boolean): Manifest['styles'] {
  const contests = all.map((c) => c.id)
  const styles = root.field('styles')
  if (styles === undefined) return [{ id: usual.style, contests: [...contests] }]
  return styles.items().flatMap((place) => {
    if (!place.knows('id', 'contests')) return []
    const id = place.required('id', 'the name that the roll uses')?.take(identifier) ?? ''
    const shown = place.field('contests')?.items()
    for (const c of shown ?? [])
      if (sure && typeof c.value === 'string' && !contests.includes(c.value))
        c.fault(`no contest “${c.value}”; there are ${contests.join(', ')}`)
    return [{ id, contests: shown?.map((c) => c.take(identifier) ?? '') ?? [...contests] }]
  })
}

function readUnits(
  root: Place,
  contests: Manifest['contests'],
  styles: Manifest['styles'],
  sure: boolean,
): Manifest['units'] {
  const showing = (contest: string) => styles.filter((s) => s.contests.includes(contest)).map((s) => s.id)
  const units = root.field('units')
  for (const { id } of contests)
    if (sure && showing(id).length === 0) root.field('styles')?.fault(`contest “${id}” is on no ballot style`)
  if (units === undefined) return contests.map(({ id }) => ({ id, contest: id, styles: showing(id) }))
  return units.items().flatMap((place) => {
    if (!place.knows('id', 'contest', 'styles')) return []
    const contest = place.required('contest', 'the contest that is counted here')?.take(identifier) ?? ''
    const id = place.field('id')
    const counted = place.field('styles')
    return [
      {
        id: id === undefined ? contest : (id.take(identifier) ?? ''),
        contest,
        styles: counted?.items().map((s) => s.take(identifier) ?? '') ?? showing(contest),
      },
    ]
  })
}

function readKeys(places: readonly Place[]): Manifest['trustees'] {
  return places.flatMap((place) => {
    if (!place.knows('name', 'key')) return []
    return [
      {
        key: place.required('key', '64 hexadecimal digits, as “key new” prints them')?.take(key) ?? '',
        name: place.required('name', 'who holds this key')?.take(nameText) ?? '',
      },
    ]
  })
}

/** A list of keys, more than half of which must sign; or `keys` and `quorum`. */
function readKeySet(
  root: Place,
  role: 'administrators' | 'registrars',
  what: string,
): Manifest['administrators'] {
  const place = root.required(role, what)
  if (place === undefined || (!place.isList && !place.knows('keys', 'quorum'))) return { keys: [], quorum: 1 }
  const keys = readKeys((place.isList ? place : place.required('keys', what))?.items() ?? [])
  return { keys, quorum: place.field('quorum')?.take(integer(1, limits.keys)) ?? majority(keys.length) }
}

function readWitnesses(root: Place): Manifest['witnesses'] {
  const place = root.field('witnesses')
  if (place === undefined || (!place.isList && !place.knows('keys', 'quorum'))) return { keys: [], quorum: 0 }
  const keys = (place.isList ? place : place.field('keys'))?.take(
    list(verifierKey, { max: limits.witnesses }),
  )
  const least = keys === undefined || keys.length === 0 ? 0 : majority(keys.length)
  return { keys: keys ?? [], quorum: place.field('quorum')?.take(integer(0, limits.witnesses)) ?? least }
}
