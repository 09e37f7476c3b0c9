import { DecodeError, fromUtf8, verifyReceipt } from '@cista/board'
import { missingSignatures } from '@cista/organiser'
import type { Course, Definition, Submission } from '@cista/protocol'
import { Failure, keepEvidence } from '@cista/terminal'
import { type Fetch, followRecord, getJson, httpRecord, policyOf, postSubmission } from '@cista/verifier'
import { writeDraft } from './files.js'
import { signaturesNeeded } from './print.js'

const get: Fetch = (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(60_000) })
const baseOf = (server: string) => server.replace(/\/+$/, '')

/** Where the election stands, verified as far as posting needs it. */
export function follow(server: string, election: string): Promise<Course> {
  return followRecord(httpRecord(`${baseOf(server)}/elections/${election}`, get), election)
}

/** The server's board key for an origin, and whether another election has the origin already. */
export async function boardKeyFor(
  server: string,
  origin: string,
): Promise<{ readonly key: string; readonly taken: boolean }> {
  const answer = await getJson(`${baseOf(server)}/api/board-key?origin=${encodeURIComponent(origin)}`, get)
  if (typeof answer?.['key'] !== 'string') throw new Failure(`${server} gives no board key for ${origin}`)
  return { key: answer['key'], taken: answer['taken'] === true }
}

/** @throws {Failure} if others must sign first. */
export function requireSignatures(definition: Definition, s: Submission): void {
  const missing = missingSignatures(definition, s)
  if (missing > 0)
    throw new Failure(
      `${signaturesNeeded(missing)}: others “sign” the file that --draft writes, then “post” it`,
    )
}

/** Posts, and verifies the receipt: the entry is on the board for good. */
export async function post(server: string, definition: Definition, s: Submission): Promise<string> {
  requireSignatures(definition, s)
  const path = s.kind === 'manifest' ? '/api/elections' : `/api/elections/${definition.id}/entries`
  const url = `${baseOf(server)}${path}`
  const outcome = await postSubmission(url, s, get)
  if (outcome.kind === 'refused') {
    const { detail, findings } = outcome.problem
    throw new Failure(
      `the server refuses: ${detail}`,
      findings.map(({ code, at, why }) => `${at}: ${why} (${code})`),
    )
  }
  try {
    const { entry } = verifyReceipt(outcome.entry, outcome.receipt, policyOf(definition))
    if (entry.payload !== s.hash) throw new DecodeError('entry', 'holds another payload than the one sent')
    return `${s.kind}: entry ${entry.index} of the board, receipt verified`
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error
    const { receipt } = outcome
    const answer = { url, election: definition.id, entry: fromUtf8(outcome.entry), receipt }
    throw new Failure(`the server's receipt is worth nothing: ${error.message}`, [
      await keepEvidence(s, answer),
    ])
  }
}

/** Posts at once, or leaves a draft for co-signers. */
export async function postOrDraft(
  server: string,
  definition: Definition,
  s: Submission,
  draft: string | undefined,
): Promise<string> {
  if (draft === undefined) return post(server, definition, s)
  await writeDraft(draft, s)
  const missing = missingSignatures(definition, s)
  const next = missing > 0 ? `${signaturesNeeded(missing)} (“sign”), then “post” it` : '“post” it'
  return `${s.kind}: written to ${draft}, not posted; ${next}`
}
