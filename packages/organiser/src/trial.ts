import type { Contest, LocalText, Manifest } from '@cista/protocol'
import type { SourceFault, SourcePath } from './place.js'

/** Where a fault is, down to the field that is missing. */
const placeOf = ({ path, field }: SourceFault): SourcePath => (field === undefined ? path : [...path, field])

/** Whether the ids of contests are what was meant: they are written, or made of titles. */
export function hasSureIds(faults: readonly SourceFault[]): boolean {
  return !faults
    .map(placeOf)
    .some(
      ([first, contest, part]) =>
        first === 'contests' &&
        (contest === undefined || part === undefined || part === 'id' || part === 'title'),
    )
}

/**
 * The draft with something harmless in the place of every part that is faulty, so that the rest can be judged as it is.
 * `isDoubtful` is true of paths in the manifest where a fault may be due to what was put in.
 */
export function trialOf(
  draft: Manifest,
  faults: readonly SourceFault[],
): { readonly manifest: Manifest; readonly isDoubtful: (path: SourcePath) => boolean } {
  if (faults.length === 0) return { manifest: draft, isDoubtful: () => false }
  const places = faults.map(placeOf)
  const bad = new Set(places.map(([first]) => (first === 'origin' ? 'board' : first)))
  const badContests = new Set(places.flatMap(([first, i]) => (first === 'contests' ? [i] : [])))
  // Without the languages, which the title may give, no text can be judged.
  const noLanguage =
    draft.languages.length === 0 ||
    bad.has('languages') ||
    faults.some(({ path, key }) => path[0] === 'title' && key === true)
  const allContests = noLanguage || badContests.has(undefined)
  const languages = draft.languages.length === 0 ? ['en'] : draft.languages
  const text: LocalText = Object.fromEntries(languages.map((l) => [l, 'x']))
  const contests = allContests
    ? [harmless('contest', text)]
    : draft.contests.map((contest, i) => (badContests.has(i) ? harmless(contest.id, text) : contest))
  const sure = !allContests && hasSureIds(faults)
  const styles =
    sure && !bad.has('styles') ? draft.styles : [{ id: 'all', contests: contests.map((c) => c.id) }]
  const units =
    sure && !bad.has('styles') && !bad.has('units')
      ? draft.units
      : contests.map(({ id }) => ({
          id,
          contest: id,
          styles: styles.filter((s) => s.contests.includes(id)).map((s) => s.id),
        }))
  const { description, ...rest } = draft
  const manifest: Manifest = {
    ...rest,
    ...(description === undefined || bad.has('description') || noLanguage ? {} : { description }),
    ...(bad.has('board') ? { board: 'x+00000000+AA==' } : {}),
    ...(bad.has('schedule') ? { schedule: { opens: '1970-01-01T00:00:00Z', closes: lastMinute } } : {}),
    ...(bad.has('trustees') ? { trustees: [nobody] } : {}),
    ...(bad.has('administrators') ? { administrators: { keys: [nobody], quorum: 1 } } : {}),
    ...(bad.has('registrars') ? { registrars: { keys: [nobody], quorum: 1 } } : {}),
    ...(bad.has('witnesses') ? { witnesses: { keys: [], quorum: 0 } } : {}),
    ...(noLanguage || bad.has('title') ? { title: text } : {}),
    languages,
    contests,
    styles,
    units,
  }
  return {
    manifest,
    isDoubtful([first, i]) {
      switch (first) {
        case 'contests':
          return allContests || i === undefined || badContests.has(i)
        case 'styles':
        case 'units':
          return !sure || bad.has('styles') || bad.has(first)
        case 'threshold':
          return ['threshold', 'trustees', 'witnesses'].some((field) => bad.has(field))
        default:
          return bad.has(first)
      }
    },
  }
}

const lastMinute = '9999-12-31T23:59:00Z'
/** A key that nobody writes by accident. */
const nobody = { key: 'c157a0ff'.repeat(8), name: 'x' }

const harmless = (id: string, title: LocalText): Contest => ({
  kind: 'selection',
  id,
  title,
  options: [{ id: 'x', title }],
  min: 0,
  max: 1,
})
