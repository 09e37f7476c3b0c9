import type { Arrival, Store } from './store.js'

/** Rows of one statement, and bytes of their payloads after which no row is added. */
const mostRows = 512
const mostBytes = 4_194_304

/**
 * Hands submissions to the queue. While one statement is under way, what arrives gathers for the next: a lonely one waits for nothing, and
 * under load a commit carries many.
 */
export class Inbox {
  readonly #store: Pick<Store, 'enqueue'>
  #gathered: { readonly arrival: Arrival; readonly done: (error?: unknown) => void }[] = []
  #running = 0

  constructor(store: Pick<Store, 'enqueue'>) {
    this.#store = store
  }

  /** Resolves when the submission is in the queue for good. Rejects where that is not known. */
  put(arrival: Arrival): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (error?: unknown) => (error === undefined ? resolve() : reject(error))
      this.#gathered.push({ arrival, done })
      // After the other requests of this turn of the event loop.
      if (this.#gathered.length === 1) setImmediate(() => void this.#flush())
    })
  }

  async #flush(): Promise<void> {
    // Two at a time: one is on its way while the database commits the other.
    if (this.#running >= 2 || this.#gathered.length === 0) return
    this.#running += 1
    const task = this.#gathered.splice(0, rowsOf(this.#gathered.map(({ arrival }) => arrival)))
    try {
      await this.#store.enqueue(task.map(({ arrival }) => arrival))
      for (const { done } of task) done()
    } catch (error) {
      for (const { done } of task) done(error)
    } finally {
      this.#running -= 1
      void this.#flush()
    }
  }
}

/** How many of them go into one statement. */
function rowsOf(arrivals: readonly Arrival[]): number {
  let bytes = 0
  const end = arrivals.findIndex(({ submission }, row) => {
    const full = row === mostRows || bytes >= mostBytes
    bytes += submission.payload.length
    return full
  })
  return end < 0 ? arrivals.length : end
}
