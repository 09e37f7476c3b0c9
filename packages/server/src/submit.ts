import { DecodeError, emptyFrontier, frontierRoot, toTimestamp } from '@cista/board'
import {
  Course,
  type Definition,
  type Refusal,
  type Submission,
  compileDefinition,
  decodeManifest,
  decodeSubmission,
  manifestFaults,
  signerKey,
  signers,
} from '@cista/protocol'
import { checkSubmission, decodeSubmitted } from '@cista/verifier'
import type { BallotQueue } from './ballotQueue.js'
import { type CheckedSubmission, judgeNow } from './batch.js'
import type { BoardSigner } from './boardSecret.js'
import { ballotContext } from './derived.js'
import { Problem, type ProblemFinding, refused } from './problem.js'
import type { Records } from './record.js'
import type { Sequencer } from './sequencer.js'
import type { Store } from './store.js'
import type { Witnesses } from './witnesses.js'

export interface SubmitPorts {
  readonly store: Store
  readonly sequencer: Sequencer
  readonly records: Records
  readonly ballots: BallotQueue
  readonly signer: BoardSigner
  readonly witnesses: Pick<Witnesses, 'known'>
  readonly organisers: ReadonlySet<string>
  readonly clock: () => number
}
export interface Logged {
  /** Whether it was on the board before. */
  readonly known: boolean
  readonly election: string
  /** The entry's canonical text. */
  readonly entry: Uint8Array
  readonly receipt: string
}

/** Milliseconds to wait for a place on the board. What is queued by then stays queued, and can be asked for again. */
const patience = 30_000

/** @throws {Problem} on bytes that are no submission. */
export function readSubmission(bytes: Uint8Array): Submission {
  try {
    return decodeSubmission(bytes)
  } catch (error) {
    throw malformed(error)
  }
}

/** Makes an election of a signed manifest. @throws {Problem} */
export async function createElection(ports: SubmitPorts, s: Submission): Promise<Logged> {
  const { store, signer, witnesses, clock } = ports
  if (s.kind !== 'manifest')
    throw new Problem('malformed', 'an election is created with its manifest', [
      { code: 'ENTRY_KIND', at: 'submission.kind', why: `“${s.kind}” instead of “manifest”` },
    ])
  const logged = await knownReceipt(ports, s.hash, s)
  if (logged !== undefined) return logged
  const definition = checkManifest(ports, s)
  const { manifest, origin } = definition
  if (signer.keyFor(origin) !== manifest.board)
    throw new Problem('manifest', 'the board key is not this server’s', [
      { code: 'MANIFEST_KEY', at: 'manifest.board', why: `for this origin it is ${signer.keyFor(origin)}` },
    ])
  const { keys, quorum } = manifest.witnesses
  const unknown = keys.filter((key) => !witnesses.known.has(key))
  if (keys.length - unknown.length < quorum)
    throw new Problem(
      'manifest',
      'this server has no address of some witnesses, and could not publish anything',
      [
        {
          code: 'MANIFEST_KEY',
          at: `manifest.witnesses.keys[${keys.indexOf(unknown[0]!)}]`,
          why: 'not in the file that CISTA_WITNESSES names',
        },
      ],
    )
  if (manifest.schedule.closes <= toTimestamp(Math.floor(clock() / 1000)))
    throw new Problem('manifest', 'voting would close in the past', [
      { code: 'MANIFEST_RULE', at: 'manifest.schedule.closes', why: 'has passed' },
    ])
  const root = frontierRoot(emptyFrontier(origin, definition.id))
  if ((await store.create(origin, root, s, clock())) === 'origin-taken')
    throw new Problem('origin-taken', `there is a board named “${origin}” already`)
  return enqueue(ports, s.hash, { item: s, payload: { kind: 'manifest', value: manifest } })
}

/** Puts any other submission on the board of its election. @throws {Problem} */
export async function submit(ports: SubmitPorts, election: string, s: Submission): Promise<Logged> {
  const known = await knownReceipt(ports, election, s)
  if (known !== undefined) return known
  if (signers[s.kind] === 'derived') throw new Problem('derived', `“${s.kind}” follows from the record`)
  const task = await ports.sequencer.read(election, (live) => {
    const decoded = decodeSubmitted(live.definition, s)
    if ('findings' in decoded)
      throw invalid('malformed', `this is no ${s.kind} of this election`, decoded.findings)
    const refusal = judgeNow(live, s.hash, decoded.payload, ports.clock())
    if (refusal !== undefined) return { refusal }
    const { payload } = decoded
    if (s.kind === 'ballot') return { payload, context: ballotContext(live)! }
    const checked = checkSubmission(live.course, s, undefined)
    if ('findings' in checked) throw invalid('invalid', `this ${s.kind} does not verify`, checked.findings)
    return { payload }
  })
  if (task === undefined) throw unknownElection(election)
  if ('refusal' in task) return loggedOrRefused(ports, election, s, task.refusal)
  if (task.context !== undefined) {
    const { payload, signatures } = s
    const findings = await ports.ballots.check(task.context, { payload, signatures })
    if (findings.length > 0) throw invalid('invalid', 'this ballot does not verify', findings)
  }
  return enqueue(ports, election, { item: s, payload: task.payload })
}

export const unknownElection = (election: string): Problem =>
  new Problem('unknown-election', `there is no election ${election} on this server`)

/** What is on the board is answered before any other check: the first answer may have been lost on its way. */
async function knownReceipt(
  ports: SubmitPorts,
  election: string,
  s: Submission,
): Promise<Logged | undefined> {
  const place = await ports.store.place(election, s.hash)
  if (place === undefined || place.index === null || place.kind !== s.kind) return undefined
  return { ...(await receiptOf(ports, election, place.index)), known: true }
}

/** Only what the state decides is left to the sequencer. */
async function enqueue(ports: SubmitPorts, election: string, checked: CheckedSubmission): Promise<Logged> {
  const decision = await ports.sequencer.submit(election, checked, patience)
  if (decision === undefined) throw new Problem('busy', 'there was no place on the board in time')
  if ('refusal' in decision) return loggedOrRefused(ports, election, checked.item, decision.refusal)
  return { ...(await receiptOf(ports, election, decision.index)), known: false }
}

/** It may be refused only because it has come onto the board itself since, sent twice or left in the queue by an ended process. */
async function loggedOrRefused(
  ports: SubmitPorts,
  election: string,
  s: Submission,
  refusal: Refusal,
): Promise<Logged> {
  const logged = await knownReceipt(ports, election, s)
  if (logged === undefined) throw refused(refusal, s.kind)
  return logged
}

async function receiptOf({ records, sequencer }: SubmitPorts, election: string, index: number) {
  const published = await records.receipt(election, index)
  if (published !== undefined) return { election, ...published }
  // Committed by a process that ended before it published: reading the election publishes its head.
  await sequencer.read(election, () => undefined)
  const now = await records.receipt(election, index)
  if (now === undefined)
    throw new Problem('busy', 'the entry is on the board, but its checkpoint is not public yet')
  return { election, ...now }
}

function checkManifest({ organisers }: SubmitPorts, s: Submission): Definition {
  let definition: Definition
  try {
    const manifest = decodeManifest(s.payload)
    const faults = manifestFaults(manifest)
    if (faults.length > 0)
      throw new Problem(
        'manifest',
        faults[0]!.why,
        faults.map(({ code, path, why }) => ({ code, at: `manifest.${path}`, why })),
      )
    definition = compileDefinition(s.hash, manifest)
  } catch (error) {
    throw malformed(error)
  }
  const checked = checkSubmission(new Course(definition), s, undefined)
  if ('findings' in checked) throw invalid('invalid', 'this manifest does not verify', checked.findings)
  if (!s.signatures.some(({ by }) => organisers.has(signerKey(definition.manifest, by) ?? '')))
    throw new Problem(
      'not-an-organiser',
      organisers.size === 0
        ? 'no organiser is configured on this server'
        : 'no organiser of this server has signed the manifest',
    )
  return definition
}

function invalid(
  problem: 'malformed' | 'invalid',
  what: string,
  findings: readonly ProblemFinding[],
): Problem {
  const [first] = findings
  return new Problem(problem, first === undefined ? what : `${what}: ${first.at}: ${first.why}`, findings)
}

function malformed(error: unknown): unknown {
  if (!(error instanceof DecodeError)) return error
  const { path: at, why } = error
  return new Problem('malformed', `${at}: ${why}`, [{ code: 'ENCODING', at, why }])
}
