// Specification: 10 Following a board
import type { PlacedAnnouncement } from '@cista/protocol'
import type { Due } from './due.js'
import type { Finding } from './findings.js'
import type { Report } from './report.js'

/** A checkpoint that somebody else has seen. */
export interface SeenCheckpoint {
  /** A file, an address, a person: whatever tells where it is from. */
  readonly name: string
  /** Signed note. */
  readonly note: string
}

/** What a round of watching has brought. Times are seconds since 1970; checkpoints are signed notes. */
export type WatchEvent =
  /** Every entry verified, and of one history with all that was seen before. `kinds` counts the new entries, `announced` is what they tell the public. */
  | {
      readonly kind: 'grew'
      readonly from: number
      readonly to: number
      readonly kinds: Readonly<Record<string, number>>
      readonly announced: readonly PlacedAnnouncement[]
      readonly note: string
    }
  /** The whole record, verified from its files; `ended` where nothing can follow. */
  | { readonly kind: 'examined'; readonly ended: boolean; readonly report: Report }
  /** No answer, or none that says anything. */
  | { readonly kind: 'unreachable'; readonly why: string }
  /** What was to be compared is no checkpoint of this board. */
  | { readonly kind: 'not-compared'; readonly name: string; readonly why: string }
  | Alarm

export type Alarm =
  /** Two checkpoints that the board has signed and that cannot be of one history. `by` names who has shown the second. */
  | { readonly kind: 'forked'; readonly by: string; readonly ours: string; readonly theirs: string }
  /** The board shows fewer entries than before, of the same history. */
  | { readonly kind: 'rolled-back'; readonly ours: string; readonly theirs: string }
  /** The board shows fewer entries here than others have seen, and has for too long. */
  | { readonly kind: 'withheld'; readonly by: string; readonly ours: string; readonly theirs: string }
  /** A checkpoint in the board's place, signed by a key other than the manifest's. */
  | { readonly kind: 'second-key'; readonly key: string; readonly note: string }
  | { readonly kind: 'bad-record'; readonly findings: readonly Finding[] }
  /** An entry that follows from record and time does not come. */
  | { readonly kind: 'overdue'; readonly due: Due }
  /** No round has succeeded for too long. */
  | { readonly kind: 'silent'; readonly since: number }

const calm: readonly WatchEvent['kind'][] = ['grew', 'examined', 'unreachable', 'not-compared']

export const isAlarm = (event: WatchEvent): event is Alarm => !calm.includes(event.kind)

/** Events of one key are told once, until what they tell is over; undefined where each is news. */
export function keyOf(event: WatchEvent): string | undefined {
  switch (event.kind) {
    case 'grew':
    case 'examined':
    case 'unreachable':
      return undefined
    case 'not-compared':
      return `${event.kind} ${event.name}`
    // One pair of checkpoints says it all, however both boards grow.
    case 'forked':
    case 'withheld':
      return `${event.kind} ${event.by}`
    case 'rolled-back':
      return `${event.kind} ${event.theirs}`
    case 'second-key':
      return `${event.kind} ${event.key}`
    case 'bad-record':
      return JSON.stringify(event)
    case 'overdue':
      return `${event.kind} ${event.due.kind}`
    case 'silent':
      return `${event.kind} ${event.since}`
  }
}

/** What has been told and is not over. */
export class Told {
  readonly #kinds = new Map<string, WatchEvent['kind']>()

  /** @returns whether it is news. */
  add(event: WatchEvent): boolean {
    const key = keyOf(event)
    if (key === undefined) return true
    if (this.#kinds.has(key)) return false
    this.#kinds.set(key, event.kind)
    return true
  }

  /** What is over is news when it comes again. @param still what is not over, of these kinds. */
  over(kinds: readonly WatchEvent['kind'][], still: readonly WatchEvent[]): void {
    const keys = still.map(keyOf)
    for (const [key, kind] of this.#kinds)
      if (kinds.includes(kind) && !keys.includes(key)) this.#kinds.delete(key)
  }
}
