// Specification: 10 Following a board
import { fromTimestamp } from '@cista/board'
import type { EntryKind, Phase } from '@cista/protocol'

/** An entry that follows from the record and the time, and that the board therefore owes. */
export interface Due {
  readonly kind: 'opened' | 'closed' | 'tallied' | 'result'
  /** Seconds since 1970 at which it became due, or will. */
  readonly since: number
  /** Seconds since 1970 from which on it is not legal any more; absent where it stays owed. */
  readonly until?: number
}

/** Seconds for which the board has owed it. What came too late is owed no longer, but it was for so long. */
export const owedFor = ({ since, until }: Due, now: number): number => Math.min(now, until ?? now) - since

/**
 * @param last when the last entry of each kind was made.
 * @param decrypted when each decryption was made, in the order of the board: what follows the last one that was needed changes nothing.
 */
export function dueEntry(
  phase: Phase,
  last: ReadonlyMap<EntryKind, string>,
  decrypted: readonly string[],
): Due | undefined {
  const { manifest } = phase
  const made = (...kinds: EntryKind[]) => Math.max(...kinds.map((kind) => timeOf(last.get(kind))))
  switch (phase.stage) {
    case 'setup': {
      if (!phase.sealed || !phase.ceremonyDone) return undefined
      const ready = made('roll-sealed', 'trustee-confirmed')
      const since = Math.max(ready, fromTimestamp(manifest.schedule.opens))
      const until = fromTimestamp(phase.closes)
      // Voting can never open then, and nothing is owed.
      return since < until ? { kind: 'opened', since, until } : undefined
    }
    case 'open': {
      const closes = fromTimestamp(phase.closes)
      // Whoever asks for it after the closing time asks for what is owed already.
      return {
        kind: 'closed',
        since: phase.closeRequested ? Math.min(made('close-requested'), closes) : closes,
      }
    }
    case 'closed':
      return phase.reconciled || !manifest.paper
        ? { kind: 'tallied', since: made('closed', 'reconciled') }
        : undefined
    case 'tallied':
      return phase.published === 0 || phase.decrypted.size >= manifest.threshold
        ? { kind: 'result', since: Math.max(made('tallied'), timeOf(decrypted[manifest.threshold - 1])) }
        : undefined
    case 'empty':
    case 'ended':
      return undefined
  }
}

const timeOf = (time: string | undefined): number => (time === undefined ? 0 : fromTimestamp(time))
