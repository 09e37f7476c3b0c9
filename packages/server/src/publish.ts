// Specification: 05 Batches
import { equalBytes, fromTimestamp } from '@cista/board'
import { policyOf } from '@cista/verifier'
import type { BoardSigner } from './boardSecret.js'
import type { KeptCheckpoints } from './keptCheckpoints.js'
import { HaltError, type LiveElection } from './live.js'
import type { Log } from './log.js'
import type { Records } from './record.js'
import type { Store } from './store.js'
import type { Witnesses } from './witnesses.js'

export interface PublishPorts {
  readonly store: Store
  readonly signer: BoardSigner
  readonly witnesses: Witnesses
  readonly records: Pick<Records, 'consistency'>
  readonly kept: KeptCheckpoints
  readonly log: Log
}

/**
 * Makes the committed head public: signed by the board, cosigned by the manifest's quorum of witnesses. Only what is committed is signed, and
 * the board does not grow before: there is at most one public note for a size.
 * @returns whether the head of `live` is public, by this or another process; false while too few witnesses have cosigned it.
 * @throws {HaltError} where the database has another root for this size.
 */
export async function publishHead(live: LiveElection, ports: PublishPorts): Promise<boolean> {
  const { store, kept } = ports
  const { definition, size } = live
  let note: string | undefined = signedHead(live, ports)
  if (definition.manifest.witnesses.quorum > 0) {
    const head = await store.head(definition.id)
    // Cosigned already, for another process.
    note = head?.size === size ? head.note : await cosigned(live, note, ports)
  }
  if (note === undefined) return false
  const published = await store.locked(definition.id, async (board) => {
    // Another process has gone on, and it can do so only from a public head.
    if (board.state.size !== size) return undefined
    if (!equalBytes(board.state.root, live.root())) throw new HaltError(`two roots for ${size} entries`)
    const known = await board.note()
    await kept.keep(definition.id, known ?? note)
    if (known === undefined) await board.publish(note)
    return known ?? note
  })
  // Only now is it committed, and public.
  live.note = published
  return true
}

/**
 * The head as `opened` and `closed` hold it: cosigned at or after the time that the schedule names, so that no quorum helped to begin or end
 * voting early. Not published: the public note of this size is an earlier one of the same head.
 */
export async function timelyNote(
  live: LiveElection,
  notBefore: string | undefined,
  ports: PublishPorts,
): Promise<string | undefined> {
  if (live.definition.manifest.witnesses.quorum === 0) return live.note
  return cosigned(live, signedHead(live, ports), ports, notBefore)
}

const signedHead = (live: LiveElection, { signer }: PublishPorts): string =>
  signer.sign({ origin: live.definition.origin, size: live.size, root: live.root() })

async function cosigned(
  live: LiveElection,
  note: string,
  { store, witnesses, records, log }: PublishPorts,
  notBefore?: string,
): Promise<string | undefined> {
  const { definition, size } = live
  const { id } = definition
  const outcome = await witnesses.cosign({
    election: id,
    policy: policyOf(definition),
    size,
    note,
    prove: (from) => records.consistency(id, from, size),
    ...(notBefore === undefined ? {} : { notBefore: fromTimestamp(notBefore) }),
  })
  if (outcome.kind === 'cosigned') return outcome.note
  if (outcome.kind === 'conflict') {
    // Another process may have gone on since: whatever a witness has seen was in the database before.
    const holds = (await store.board(id))?.size ?? 0
    // No reason to halt: without a quorum nothing can be published, and a lying witness must not be able to stop a board for good.
    if (holds < outcome.size || outcome.size === size)
      log.error(
        { election: id, witness: outcome.witness, cosigned: outcome.size, holds },
        'a witness has cosigned what this board does not continue: unless it lies, the database is an older copy, or another board was shown; nothing is published until it is restored (see the runbook)',
      )
  }
  return undefined
}
