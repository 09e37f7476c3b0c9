import type { Definition, LocalText } from '@cista/protocol'
import type { CheckReport, ContestResult, Report } from '@cista/verifier'
import { type Asked, ownSide } from './ownSide.js'
import { compareId, counted, harmless, jsonText, titleOf } from './words.js'

const signs = { passed: '✓', failed: '✗', 'not-run': '·', 'not-reached': '…' } as const
const words = {
  passed: '',
  failed: 'FAILED',
  'not-run': 'not run, because an earlier check failed',
  'not-reached': 'the election is not that far yet',
} as const
const verdicts = {
  verified: 'VERIFIED. The totals above are the votes on this board, counted right.',
  withheld:
    'VERIFIED. The votes on this board were counted right. There are no totals: every one is withheld, because too few ballots were counted.',
  refuted:
    'REFUTED. Something is wrong with this record: do not trust its totals. Keep a copy of it as evidence.',
  unfinished: 'UNFINISHED. Nothing is wrong so far, but the election has no result yet.',
} as const
const looked: Record<CheckReport['id'], readonly [one: string, many: string]> = {
  V1: ['manifest', 'manifests'],
  V2: ['entry', 'entries'],
  V3: ['entry', 'entries'],
  V4: ['dealing', 'dealings'],
  V5: ['credential', 'credentials'],
  V6: ['ballot', 'ballots'],
  V7: ['ballot', 'ballots'],
  V8: ['counted ballot', 'counted ballots'],
  V9: ['decryption', 'decryptions'],
  V10: ['total', 'totals'],
}
const findingsShown = 20
const barWidth = 30

/** A report for people. @param asked what the caller named: an election id, a checkpoint. */
export function printReport(report: Report, definition: Definition | undefined, asked: Asked): string {
  const lines = [...heading(report, definition, asked.election), '', ...report.checks.flatMap(checkLines), '']
  if (definition !== undefined && report.results.length > 0)
    lines.push(...report.results.flatMap((r) => resultLines(r, definition)))
  if (report.ballots !== null) lines.push(ballotLine(report.ballots, report.aborted !== undefined), '')
  lines.push(...(ownSide(report, definition, asked) ?? [verdictLine(report)]))
  return `${harmless(lines.join('\n'))}\n`
}

/** A report for programs. */
export const printJson = (report: Report): string => `${jsonText(report, 2)}\n`

function heading(report: Report, definition: Definition | undefined, expected: string | undefined): string[] {
  const title = definition === undefined ? 'Record of an election' : `Record of “${titleOf(definition)}”`
  if (report.election === null) return [title]
  return [title, ...compareId(report.election, expected)]
}

function checkLines({ id, title, status, looked: n, findings }: CheckReport): string[] {
  const seen = status === 'not-run' ? '' : counted(n, ...looked[id])
  const note = [words[status], seen].filter((w) => w !== '').join(', ')
  const lines = [`  ${signs[status]} ${id.padEnd(3)} ${title}${note === '' ? '' : `  (${note})`}`]
  for (const { code, at, why } of findings.slice(0, findingsShown))
    lines.push(`        ${code} at ${at}: ${why}`)
  if (findings.length > findingsShown)
    lines.push(`        and ${findings.length - findingsShown} more (--json shows all)`)
  return lines
}

function resultLines({ contest, unit, withheld, totals }: ContestResult, definition: Definition): string[] {
  const { manifest } = definition
  const found = manifest.contests.find((c) => c.id === contest)!
  const units = manifest.units.filter((u) => u.contest === contest)
  const place = units.length > 1 ? ` · ${unit}` : ''
  const unitName = found.kind === 'selection' ? 'votes' : 'points'
  const title = `${localText(definition, found.title)}${place}`
  if (withheld)
    return [
      title,
      `  withheld: fewer than ${counted(manifest.minimumBallots, 'counted ballot', 'counted ballots')}`,
      '',
    ]
  const names = new Map(found.options.map((o) => [o.id, localText(definition, o.title)]))
  const most = Math.max(1, ...totals.map((t) => t.votes))
  const width = Math.min(48, Math.max(...totals.map((t) => [...names.get(t.option)!].length)))
  const lines = [...totals]
    .sort((a, b) => b.votes - a.votes)
    .map(({ option, votes }) => {
      const bar = '█'.repeat(Math.round((votes / most) * barWidth)).padEnd(barWidth)
      return `  ${clip(names.get(option)!, width)}  ${bar}  ${votes}`
    })
  return [`${title} (${unitName})`, ...lines, '']
}

function ballotLine(ballots: NonNullable<Report['ballots']>, aborted: boolean): string {
  const { cast, superseded, void: voided, cancelled } = ballots
  const parts = [
    aborted ? 'none counts, as the election was aborted' : `${ballots.counted} counted`,
    `${superseded} replaced by a later one`,
    `${cancelled} cancelled (paper)`,
    `${voided} void`,
  ]
  return `${counted(cast, 'ballot', 'ballots')}: ${parts.join(', ')}.`
}

function verdictLine(report: Report): string {
  const time = `${report.seconds.toFixed(1)} s`
  if (report.aborted !== undefined && report.verdict === 'unfinished')
    return `UNFINISHED. The election was aborted: ${report.aborted} (${time})`
  const withheld = report.verdict === 'verified' && report.results.every((r) => r.withheld)
  return `${verdicts[withheld ? 'withheld' : report.verdict]} (${time})`
}

function localText({ manifest }: Definition, text: LocalText): string {
  return text[manifest.languages[0]!] ?? ''
}

function clip(text: string, width: number): string {
  const letters = [...text]
  return letters.length > width
    ? `${letters.slice(0, width - 1).join('')}…`
    : text + ' '.repeat(width - letters.length)
}
