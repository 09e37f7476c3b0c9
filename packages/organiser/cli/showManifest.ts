import { counted } from '@cista/organiser'
import type { Contest, Definition, LocalText, Manifest } from '@cista/protocol'

/** All that a manifest says, in all its languages, for people to read before they sign. */
export function manifestLines({ id, manifest: m }: Pick<Definition, 'id' | 'manifest'>): string[] {
  const files = Object.entries(m.page)
  return [
    `election: ${id}`,
    ...texts('title', m.title),
    ...prose('description', m.description),
    `languages: ${m.languages.join(', ')}; the first is the usual one`,
    `opens ${m.schedule.opens}, closes ${m.schedule.closes}; a ballot may be late by ${counted(m.tolerance, 'second')}`,
    ...m.contests.flatMap(contestLines),
    ...m.styles.map((s) => `ballot style ${s.id}: contests ${s.contests.join(', ')}`),
    ...m.units.map((u) => `counted together, ${u.id}: contest ${u.contest} of styles ${u.styles.join(', ')}`),
    `results with fewer than ${counted(m.minimumBallots, 'ballot')} are withheld; re-votes: at most ${m.revisions}`,
    `votes on paper: ${yesOrNo(m.paper)}; closing on request: ${yesOrNo(m.closeOnRequest)}`,
    `roll: a total weight of at most ${m.maximumWeight}`,
    `trustees, any ${m.threshold} of ${m.trustees.length} decrypt:`,
    ...people(m.trustees),
    `administrators, ${counted(m.administrators.quorum, 'signature')} needed:`,
    ...people(m.administrators.keys),
    `registrars, ${counted(m.registrars.quorum, 'signature')} needed:`,
    ...people(m.registrars.keys),
    `board: ${m.board}`,
    ...witnessLines(m.witnesses),
    files.length === 0
      ? "voter's page: no files"
      : `voter's page, ${counted(files.length, 'file')} with their SHA-256:`,
    ...files.map(([path, hash]) => `  ${hash} ${path}`),
    `format: version ${m.version}, ${m.suite}`,
  ]
}

function contestLines(contest: Contest): string[] {
  const { id, kind, title, description, options } = contest
  return [
    `contest ${id} (${kind}): ${ruleOf(contest)}`,
    ...texts('  title', title),
    ...prose('  description', description),
    ...options.flatMap((o) => [...texts(`  ${o.id}`, o.title), ...prose('    description', o.description)]),
  ]
}

function ruleOf(contest: Contest): string {
  const of = `of ${counted(contest.options.length, 'option')}`
  switch (contest.kind) {
    case 'selection':
      return `choose ${contest.min} to ${contest.max} ${of}`
    case 'score': {
      const all = contest.budget === undefined ? 'any number' : `at most ${contest.budget}`
      return `0 to ${counted(contest.maximum, 'point')} for each ${of}, ${all} in all`
    }
    case 'ranking':
      return `rank ${contest.min} to ${contest.max} ${of}; the places are worth ${contest.points.join(', ')}`
  }
}

function witnessLines({ keys, quorum }: Manifest['witnesses']): string[] {
  return keys.length === 0 && quorum === 0
    ? ['witnesses: none; only people who compare checkpoints notice two boards']
    : [`witnesses, ${counted(quorum, 'cosignature')} needed:`, ...keys.map((key) => `  ${key}`)]
}

const people = (list: readonly { name: string; key: string }[]) => list.map((p) => `  ${p.key} ${p.name}`)
const yesOrNo = (answer: boolean) => (answer ? 'yes' : 'no')

function texts(label: string, text: LocalText): string[] {
  const all = Object.entries(text)
  return all.map(([lang, words]) => `${label}${all.length === 1 ? '' : `, ${lang}`}: ${words}`)
}

/** Every line of it marked, so that none can be taken for one of ours. */
function prose(label: string, text: LocalText | undefined): string[] {
  return Object.entries(text ?? {}).flatMap(([lang, words]) => [
    `${label}, ${lang}:`,
    ...words.split('\n').map((line) => `    | ${line}`),
  ])
}
