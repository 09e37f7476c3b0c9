import type { LiveElection } from './live.js'
import type { Sequencer } from './sequencer.js'

/** Of one election, as JSON: `{"ballots":12,"size":40,"stage":"open","closes":"2027-05-01T18:00:00Z","announced":[14]}`. */
type Listener = (text: string) => void
interface Watched {
  readonly listeners: Set<Listener>
  /** As the last look has found it. */
  text?: string | undefined
}
/** `text` is undefined where witnesses are late with the newest head: it comes later, by `watch`. */
interface Found {
  readonly text: string | undefined
}

/** Milliseconds between two looks at an election that somebody watches, and so between two messages about it. */
const usualPace = 1_000

/**
 * How far elections are, for whoever watches. It asks as a client that polls would, and so sees what other processes have put on a board as
 * soon as what this one has; nobody is told of what is not published.
 */
export class LiveFeed {
  readonly #sequencer: Pick<Sequencer, 'read'>
  readonly #pace: number
  readonly #watched = new Map<string, Watched>()
  readonly #asking = new Map<string, Promise<Found | undefined>>()
  #timer: NodeJS.Timeout | undefined

  constructor(sequencer: Pick<Sequencer, 'read'>, pace = usualPace) {
    this.#sequencer = sequencer
    this.#pace = pace
  }

  /**
   * How far the election is, as of a second ago at most. However many come at once, as when a server was away, it is read once.
   * @returns undefined where there is no such election. @throws {Halted}
   */
  async now(election: string): Promise<Found | undefined> {
    const text = this.#watched.get(election)?.text
    return text === undefined ? this.#ask(election) : { text }
  }

  /** Tells `listener` how far the election is, soon and after every change, until the function that comes back is called. */
  watch(election: string, listener: Listener): () => void {
    const watched = this.#watched.get(election) ?? { listeners: new Set() }
    this.#watched.set(election, watched)
    watched.listeners.add(listener)
    this.#timer ??= setInterval(() => this.#look(), this.#pace)
    return () => {
      watched.listeners.delete(listener)
      if (watched.listeners.size === 0 && this.#watched.get(election) === watched)
        this.#watched.delete(election)
      if (this.#watched.size > 0) return
      clearInterval(this.#timer)
      this.#timer = undefined
    }
  }

  #look(): void {
    for (const [election, watched] of this.#watched) {
      // One that is slow to answer keeps no other waiting, and is not asked twice at once.
      if (this.#asking.has(election)) continue
      this.#ask(election).then(
        (found) => tell(watched, found?.text),
        // A board that is halted, or a database that is away, is in the log. Whoever comes now is told so.
        () => delete watched.text,
      )
    }
  }

  #ask(election: string): Promise<Found | undefined> {
    const underWay = this.#asking.get(election)
    if (underWay !== undefined) return underWay
    const asked = this.#sequencer
      .read(election, (live) => (live.size === 0 ? undefined : { text: textOf(live) }))
      .finally(() => this.#asking.delete(election))
    this.#asking.set(election, asked)
    return asked
  }
}

function tell(watched: Watched, text: string | undefined): void {
  if (text === undefined || text === watched.text) return
  watched.text = text
  for (const listener of watched.listeners) listener(text)
}

/** Undefined while the newest head is not public. */
function textOf({ course: { phase }, size, note, announced }: LiveElection): string | undefined {
  if (note === undefined) return undefined
  const { ballots, closes } = phase
  const stage = phase.stage === 'empty' ? 'setup' : phase.stage
  return JSON.stringify({ ballots, size, stage, closes, announced })
}
