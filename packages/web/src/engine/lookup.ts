import { DecodeError, utf8 } from '@cista/board'
import {
  type Tracked,
  httpConnection,
  parseTracker,
  readAnnouncements,
  readTestFile,
  rebuildBallot,
  trackBallot,
} from '@cista/client'
import type { PlacedAnnouncement } from '@cista/protocol'
import { verifyReceiptFile } from '@cista/verifier'
import { patientFetch } from './patientFetch.js'
import type { AuditView } from './views.js'
import { WithElection } from './withElection.js'

/** Looks at the ballots of others than the one who votes here: on the board, and on a second device that tests one. */
export class Lookup extends WithElection {
  /** What the administrators have told everybody, the newest first. @throws {DecodeError} */
  announcements(server: string, id: string): Promise<PlacedAnnouncement[]> {
    return readAnnouncements(httpConnection(server, id, patientFetch), id)
  }

  /** What has become of the ballot with this tracker, 64 hexadecimal digits. */
  track(tracker: string): Promise<Tracked> {
    const { connection, election } = this.opened()
    return trackBallot(connection, election, tracker)
  }

  /** The tracker on a receipt file that verifies, of this election. @throws {DecodeError} */
  trackerOf(receipt: string): Promise<string> {
    const { election } = this.opened()
    return Promise.resolve(verifyReceiptFile(utf8(receipt), election.definition.id).entry.payload)
  }

  /**
   * Makes a tested ballot again from its test file, and compares.
   * @param typed the tracker, or as many of its digits as `parseTracker` takes.
   * @throws {DecodeError} on what is no test file of this election.
   */
  audit(test: string, typed: string): Promise<AuditView> {
    const { election } = this.opened()
    const written = parseTracker(typed)
    if ('fault' in written) throw new DecodeError('tracker', written.fault)
    const reveal = readTestFile(election, utf8(test))
    const rebuilt = rebuildBallot(election, reveal)
    if ('faults' in rebuilt)
      return Promise.resolve({ kind: 'no-vote', why: rebuilt.faults.map(({ why }) => why).join('; ') })
    const { tracker } = rebuilt.ballot
    if (!written.matches(tracker)) return Promise.resolve({ kind: 'different', tracker })
    return Promise.resolve({ kind: 'same', choices: reveal.choices, style: reveal.style })
  }
}
