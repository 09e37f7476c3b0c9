import { setTimeout as sleep } from 'node:timers/promises'
import type { Sequencer } from './sequencer.js'
import type { Store } from './store.js'

/** How many boards are not as they should be. */
export interface Standing {
  /** Not yet read by this process since it started; ended ones are read when somebody asks. */
  readonly loading: number
  /** Refused by this process, as the log says. */
  readonly halted: number
  /** Have entries that are not public: a batch is under way, or witnesses are late. */
  readonly unpublished: number
}

/** Milliseconds in which a small board is read: no need to call that loading. */
const moment = 250

/** Looks at all boards, for whoever decides whether this process is fit to serve. */
export class BoardSurvey {
  readonly #store: Pick<Store, 'boards'>
  readonly #sequencer: Pick<Sequencer, 'read' | 'halted'>
  readonly #loaded = new Set<string>()
  readonly #underWay = new Map<string, Promise<void>>()

  constructor(store: Pick<Store, 'boards'>, sequencer: Pick<Sequencer, 'read' | 'halted'>) {
    this.#store = store
    this.#sequencer = sequencer
  }

  /** Rejects where the database cannot be asked. */
  async look(): Promise<Standing> {
    const boards = await this.#store.boards()
    const running = boards.filter(({ ended }) => !ended)
    const unread = running.filter(({ election }) => !this.#loaded.has(election))
    if (unread.length > 0)
      await Promise.race([Promise.all(unread.map(({ election }) => this.#load(election))), sleep(moment)])
    const halted = new Set(this.#sequencer.halted)
    const others = running.filter(({ election }) => !halted.has(election))
    return {
      loading: others.filter(({ election }) => !this.#loaded.has(election)).length,
      halted: halted.size,
      // The last head of an ended board, too.
      unpublished: boards.filter(({ election, size, published }) => published < size && !halted.has(election))
        .length,
    }
  }

  #load(election: string): Promise<void> {
    const underWay = this.#underWay.get(election)
    if (underWay !== undefined) return underWay
    const load = this.#read(election)
    this.#underWay.set(election, load)
    return load
  }

  async #read(election: string): Promise<void> {
    try {
      await this.#sequencer.read(election, () => this.#loaded.add(election))
    } catch {
      // Why it cannot be read is in the log; the next look asks again.
    } finally {
      this.#underWay.delete(election)
    }
  }
}
