import { abortedElection, finishedElection, votingElection } from '@cista/testkit'
import { filesOf } from '../records.js'
import type { Target } from '../target.js'
import { boardTargets } from './board.js'
import { clientTargets } from './client.js'
import { cryptoTargets } from './crypto.js'
import { operatorTargets } from './operator.js'
import { organiserTargets } from './organiser.js'
import { protocolTargets } from './protocol.js'
import { serverTargets } from './server.js'
import { trusteeTargets } from './trustee.js'
import { verifierTargets } from './verifier.js'
import { witnessTargets } from './witness.js'

/** Every reader of what strangers may have written. */
export async function makeTargets(): Promise<Target[]> {
  const [done, open, aborted] = [await finishedElection(), votingElection(), abortedElection()]
  const record = await done.record()
  const targets = [
    ...(await boardTargets(done, record)),
    ...(await witnessTargets()),
    ...protocolTargets(done, aborted),
    ...cryptoTargets(),
    ...(await verifierTargets(done, await filesOf(record))),
    ...(await organiserTargets(open)),
    ...(await trusteeTargets()),
    ...(await clientTargets(open)),
    ...(await operatorTargets()),
    ...(await serverTargets()),
  ]
  return targets as Target[]
}
