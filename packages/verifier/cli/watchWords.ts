import { toTimestamp } from '@cista/board'
import type { PlacedAnnouncement } from '@cista/protocol'
import { type WatchEvent, isAlarm } from '@cista/verifier'
import type { Exhibits } from './evidence.js'
import { counted } from './words.js'

const findingsShown = 20

/** What an event says, the first line in short. */
export function eventLines(event: WatchEvent): string[] {
  switch (event.kind) {
    case 'grew': {
      const kinds = Object.entries(event.kinds).map(([kind, n]) => `${n} ${kind}`)
      return [
        `${counted(event.to, 'entry', 'entries')}, ${event.to - event.from} of them new: ${kinds.join(', ')}`,
        ...event.announced.flatMap(announcementLines),
      ]
    }
    case 'examined':
      return [
        event.ended
          ? 'the election has ended: the whole record is verified once more'
          : `the sums are on the board: the whole record is ${event.report.verdict === 'refuted' ? 'REFUTED' : 'good so far'}`,
        ...(event.ended
          ? []
          : event.report.checks
              .flatMap(({ findings }) => findings)
              .slice(0, findingsShown)
              .map(({ code, at, why }) => `  ${code} at ${at}: ${why}`)),
      ]
    case 'unreachable':
      return [`no answer: ${event.why}`]
    case 'not-compared':
      return [`${event.name} is not compared: ${event.why}`]
    case 'forked':
      return [
        `FORK. The board has signed two checkpoints that cannot both be of one history; the second was shown by ${event.by}.`,
        'Publish the evidence, tell trustees and observers: nobody should decrypt. Keep copies of both boards (cista-verify mirror).',
      ]
    case 'rolled-back':
      return [
        'ROLLED BACK. The board shows fewer entries than it has shown before: it has lost some, or this is an old copy.',
        'Look from another network. If it stays so, publish the evidence.',
      ]
    case 'withheld':
      return [
        `WITHHELD. ${event.by} has seen more entries than the board shows here, and it does not catch up.`,
        'Look from another network; compare again with those who see more.',
      ]
    case 'second-key':
      return [`SECOND KEY. The checkpoint is signed by ${event.key}, which is not the key of this board.`]
    case 'bad-record':
      return [
        `BAD RECORD. ${counted(event.findings.length, 'thing is', 'things are')} wrong:`,
        ...event.findings.slice(0, findingsShown).map(({ code, at, why }) => `  ${code} at ${at}: ${why}`),
        ...(event.findings.length > findingsShown
          ? [`  and ${event.findings.length - findingsShown} more`]
          : []),
        'Keep a copy as evidence: cista-verify ADDRESS --save FOLDER copies what is there, good or not.',
      ]
    case 'overdue':
      return [
        `OVERDUE. The entry “${event.due.kind}” was due at ${toTimestamp(event.due.since)} and has not come.`,
      ]
    case 'silent':
      return [`SILENT. No round has succeeded since ${toTimestamp(Math.floor(event.since))}.`]
  }
}

/** What the administrators have told everybody, in their own words. */
function announcementLines({ kind, index, at, text, closes }: PlacedAnnouncement): string[] {
  const what = closes === undefined ? kind : `${kind}, voting closes at ${closes}`
  return [`  entry ${index}, ${at}, ${what}:`, ...text.split('\n').map((line) => `    ${line}`)]
}

/** What is worth a file. */
export function exhibitsOf(event: WatchEvent): Exhibits | undefined {
  const [what] = eventLines(event)
  switch (event.kind) {
    case 'forked':
    case 'rolled-back':
    case 'withheld':
      return {
        what: what!,
        contradict: event.kind === 'forked',
        checkpoints: [
          { name: 'what was seen here', note: event.ours },
          { name: event.kind === 'rolled-back' ? 'the board' : event.by, note: event.theirs },
        ],
      }
    case 'second-key':
      return { what: what!, contradict: false, checkpoints: [{ name: 'the board', note: event.note }] }
    default:
      return undefined
  }
}

/** Whether something is wrong with the board. */
export const isWrong = (event: WatchEvent): boolean =>
  isAlarm(event) || (event.kind === 'examined' && event.report.verdict === 'refuted')
