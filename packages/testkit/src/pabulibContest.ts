import { type Contest, limits, lookAlikeKey } from '@cista/protocol'
import { utf8 } from '@cista/board'
import type { Pabulib } from './pabulib.js'

const languages = new Map([
  ['polish', 'pl'],
  ['dutch', 'nl'],
  ['english', 'en'],
  ['estonian', 'et'],
  ['french', 'fr'],
  ['german', 'de'],
  ['ukrainian', 'uk'],
])

/** The language of the file's texts, as in a manifest's `languages`. */
export const pabulibLanguage = (pb: Pabulib): string => languages.get(pb.meta.get('language') ?? '') ?? 'en'

/**
 * The file's contest as a manifest states it. Rankings have the positional rule k, k−1, …, 1 for k places. What a `score` contest cannot
 * demand (a least number of points, or of projects with points) is left out: every ballot of the file is legal in it all the same.
 */
export function toContest(pb: Pabulib): Contest {
  const language = pabulibLanguage(pb)
  const titles = optionTitles(pb)
  const texts = {
    id: 'projects',
    title: { [language]: cleanName(pb.meta.get('description') ?? '') || 'Projects' },
    options: pb.projects.map(({ option }, i) => ({ id: option, title: { [language]: titles[i]! } })),
  }
  const { minLength: min, maxLength: max, points } = pb.rules
  switch (pb.kind) {
    case 'approval':
      return { kind: 'selection', ...texts, min, max }
    case 'ordinal':
      return { kind: 'ranking', ...texts, min, max, points: placePoints(max) }
    case 'cumulative':
      return { kind: 'score', ...texts, maximum: points!.max, budget: points!.maxSum }
  }
}

/**
 * What the organisers of the vote published, by option: votes of an approval, points of the other kinds.
 * @throws {RangeError} if the file does not have the column.
 */
export function publishedTotals(pb: Pabulib): Map<string, number> {
  const column = pb.kind === 'approval' ? 'votes' : 'score'
  return new Map(
    pb.projects.map((project) => {
      const total = project[column]
      if (total === undefined) throw new RangeError(`${pb.file}: projects have no column “${column}”`)
      return [project.option, total]
    }),
  )
}

const placePoints = (places: number): number[] => Array.from({ length: places }, (_, p) => places - p)

/** Names that look alike get their project's id. */
function optionTitles({ projects }: Pabulib): string[] {
  const names = projects.map(({ id, name }) => cleanName(name) || id)
  const seen = new Map<string, number>()
  for (const name of names) seen.set(lookAlikeKey(name), (seen.get(lookAlikeKey(name)) ?? 0) + 1)
  return names.map((name, i) => {
    if (seen.get(lookAlikeKey(name)) === 1) return name
    const suffix = ` (${cleanName(projects[i]!.id)})`
    return shorten(name, limits.nameBytes - utf8(suffix).length) + suffix
  })
}

/** What a manifest's names allow (`nameText`): no character that is invisible, changes direction, or ends a line. */
function cleanName(name: string): string {
  const visible = name
    .normalize('NFC')
    .replace(/[\t-\r\u0085\u2028\u2029]+/gu, ' ')
    .replace(/[\p{Cc}\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, '')
    .normalize('NFC')
  return shorten(visible.trim(), limits.nameBytes)
}

/** At most so many bytes of UTF-8, cut between characters. */
function shorten(name: string, bytes: number): string {
  let left = name
  while (utf8(left).length > bytes) left = left.replace(/.$/su, '').trimEnd()
  return left
}
