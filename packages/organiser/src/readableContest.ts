import { integer, list } from '@cista/board'
import { type Contest, identifier, limits } from '@cista/protocol'
import type { Place } from './place.js'
import { readProse, readTitle } from './readableText.js'
import { slug } from './slug.js'

const kinds = ['selection', 'score', 'ranking'] as const
const common = ['id', 'kind', 'title', 'description', 'options'] as const
const own = {
  selection: ['min', 'max'],
  score: ['maximum', 'budget'],
  ranking: ['min', 'max', 'points'],
} as const
const examples = {
  selection: 'kind: selection, max: 2',
  score: 'kind: score, budget: 5',
  ranking: 'kind: ranking, max: 3',
} as const
/** Fields that one kind alone has: where they stand without a kind, the usual one was not meant. */
const kindWith = { maximum: 'score', budget: 'score', points: 'ranking' } as const
const tellingFields = Object.keys(kindWith) as (keyof typeof kindWith)[]
const points = integer(0, limits.points)
const positive = integer(1, limits.points)
const most = integer(1, limits.options)
const least = integer(0, limits.options)

/** Ids that people wrote come first, so that an id made of a title never takes one of theirs. */
export function idsOf(places: readonly Place[]): Set<string> {
  return new Set(
    places.flatMap((p) => {
      const id = p.field('id')?.value
      return typeof id === 'string' ? [id] : []
    }),
  )
}

/** The id that is written, or one made of the title. */
function readId(place: Place, title: string | undefined, fallback: string, taken: Set<string>): string {
  const written = place.field('id')
  const own = written?.take(identifier)
  if (own !== undefined) return own
  const id = slug(written === undefined ? (title ?? '') : '', fallback, taken)
  taken.add(id)
  return id
}

/** A contest in its readable form: kind `selection` and, where nothing else is said, one choice at most. After a fault it is one that can stand for it. */
export function readContest(
  place: Place,
  position: number,
  languages: readonly string[],
  taken: Set<string>,
): Contest {
  if (!place.isMap) {
    place.knows()
    return { ...blank, id: readId(place, undefined, `contest-${position + 1}`, taken) }
  }
  const kind = readKind(place)
  const fields = kind === undefined ? Object.values(own).flat() : own[kind]
  place.knows(...common, ...fields)
  const title = readTitle(place.required('title', 'what voters are asked'), languages)
  const description = readProse(place.field('description'), languages)
  const options = readOptions(place, languages)
  const texts = {
    id: readId(place, title?.[languages[0]!], `contest-${position + 1}`, taken),
    title: title ?? {},
    options,
    ...(description === undefined ? {} : { description }),
  }
  switch (kind) {
    case undefined:
      return { ...blank, ...texts }
    case 'selection':
      return { kind, ...texts, min: minimum(), max: place.field('max')?.take(most) ?? 1 }
    case 'score': {
      const written = place.field('budget')
      const budget = written?.take(positive)
      // With a budget alone, all of it may go to one option.
      const maximum =
        written !== undefined && place.field('maximum') === undefined
          ? budget
          : place.required('maximum', 'the points one option may get')?.take(positive)
      return { kind, ...texts, maximum: maximum ?? 1, ...(budget === undefined ? {} : { budget }) }
    }
    case 'ranking': {
      const written = place.field('points')?.take(list(points, { min: 1, max: limits.options }))
      const max = place.field('max')?.take(most) ?? written?.length ?? Math.max(options.length, 1)
      // Borda's rule: the last place is worth one point, each one above it one more.
      const borda = Array.from({ length: max }, (_, p) => max - p)
      return { kind, ...texts, min: minimum(), max, points: written ?? borda }
    }
  }

  function minimum(): number {
    return place.field('min')?.take(least) ?? 0
  }
}

const blank: Contest = { kind: 'selection', id: '', title: {}, options: [], min: 0, max: 1 }

/** The kind, or the one that is meant where none is written; undefined where it is none. */
function readKind(contest: Place): Contest['kind'] | undefined {
  const written = contest.field('kind')
  if (written !== undefined)
    return (
      kinds.find((k) => k === written.value) ??
      written.fault(`not one of ${kinds.join(', ')}; write for example “${examples.selection}”`)
    )
  const telling = tellingFields.find((f) => contest.field(f) !== undefined)
  if (telling === undefined) return 'selection'
  const meant = kindWith[telling]
  contest.fault(
    `“kind” is missing: a contest with “${telling}” is a ${meant}; write for example “${examples[meant]}”`,
  )
  return meant
}

function readOptions(contest: Place, languages: readonly string[]): Contest['options'] {
  const places = contest.required('options', 'what can be chosen')?.items() ?? []
  const taken = idsOf(places)
  return places.map((place, i) => {
    const plain = typeof place.value === 'string'
    if (!plain && !place.knows('id', 'title', 'description')) return { id: '', title: {} }
    const title = readTitle(plain ? place : place.required('title', 'the name of the option'), languages)
    const description = plain ? undefined : readProse(place.field('description'), languages)
    const id = readId(place, title?.[languages[0]!], `option-${i + 1}`, taken)
    return { id, title: title ?? {}, ...(description === undefined ? {} : { description }) }
  })
}
