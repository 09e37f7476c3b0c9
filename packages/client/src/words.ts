import type { BallotClass, Contest } from '@cista/protocol'

/** A contest in lines of text: its id, kind, limits and title, then an option each, all by the first language. */
export function contestLines(contest: Contest): string[] {
  const { id, kind, title, options } = contest
  const points = kind === 'score' ? contest : undefined
  const limits = [
    kind === 'score' ? undefined : `at most ${contest.max}`,
    points && `at most ${points.maximum} for one`,
    points?.budget === undefined ? undefined : `at most ${points.budget} in all`,
  ].filter((limit) => limit !== undefined)
  return [
    `${id} (${kind}, ${limits.join(', ')}): ${Object.values(title)[0]}`,
    ...options.map((option) => `    ${option.id}: ${Object.values(option.title)[0]}`),
  ]
}

/** What the count makes of a ballot, told to its voter. */
export const standingWords: Readonly<Record<BallotClass, string>> = {
  counted: 'It is the last ballot of this code: as things stand, it counts.',
  superseded: 'Replaced by a later ballot of this code.',
  cancelled: 'It does NOT count: the code was cancelled, because its owner votes on paper.',
  void: 'It does NOT count: the code was replaced, taken off the roll, or given another ballot style since.',
}
