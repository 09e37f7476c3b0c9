import type { Connection, OpenElection } from '@cista/client'
import { openView } from './openView.js'
import type { ElectionView } from './views.js'

/** What a worker for ballots has in common with others: an election that is opened first. */
export class WithElection {
  #opened:
    | { readonly server: string; readonly connection: Connection; readonly election: OpenElection }
    | undefined

  /** Verifies an election and remembers it. @param id all that is trusted. */
  async open(server: string, id: string): Promise<ElectionView> {
    const { connection, election, view } = await openView(server, id)
    this.#opened = election && { server, connection, election }
    return view
  }

  protected opened() {
    if (this.#opened === undefined) throw new Error('no election is open')
    return this.#opened
  }
}
