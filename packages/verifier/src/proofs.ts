// Specification: 08 Sums · 09 V6 Ballots · 09 V8 Tally
import { DecodeError, type Signature, fromBase64url } from '@cista/board'
import {
  type BatchItem,
  type Ciphertext,
  type Element,
  addCiphertexts,
  cellsRelation,
  decodeCiphertext,
  encodeCiphertext,
  ristretto255 as g,
  scaleCiphertext,
  verifyBatch,
  zeroCiphertext,
} from '@cista/crypto'
import { type Ballot, type Definition, contestTag, decodePayload, defineElection } from '@cista/protocol'
import type { Finding } from './findings.js'
import { ballotSignature, signatureItemOf } from './signatures.js'
import { decodeKey } from './v4Trustees.js'

/** What ballots are verified against; passes between threads. */
export interface BallotContext {
  /** The manifest's bytes. */
  readonly manifest: Uint8Array
  /** Election key K, hex. */
  readonly key: string
  /** Opening hash: leaf hash of the entry `opened`, hex. */
  readonly opening: string
}
export interface BallotJob {
  readonly payload: Uint8Array
  readonly signatures: readonly Signature[]
}
export interface SumJob {
  readonly payload: Uint8Array
  readonly weight: number
}

/**
 * Where the heavy mathematics runs: here, or in worker threads. Answers are those of `checkBallots` and `addUp` on the same
 * arguments, which are all structured-clonable; rejects only if the pool itself fails.
 */
export interface ProofPool {
  /** How many tasks make sense at once. */
  readonly threads: number
  checkBallots(context: BallotContext, jobs: readonly BallotJob[]): Promise<Finding[][]>
  addUp(context: BallotContext, jobs: readonly SumJob[]): Promise<Uint8Array[]>
}

/** Runs everything in the calling thread. */
export const localPool: ProofPool = {
  threads: 1,
  checkBallots: async (context, jobs) => checkBallots(context, jobs),
  addUp: async (context, jobs) => addUp(context, jobs),
}

/** The last context's decoded form: tasks come in long runs with the same one. */
let prepared: { readonly id: string; readonly definition: Definition; readonly key: Element } | undefined

function prepare({ manifest, key, opening }: BallotContext): { definition: Definition; key: Element } {
  const id = `${opening}.${key}`
  if (prepared?.id !== id) prepared = { id, definition: defineElection(manifest), key: decodeKey(key) }
  return prepared
}

/**
 * V6's own function on ballots as they arrive: strict decoding, the voter's signature, and every contest's proof in one batch.
 * Proofs are looked at only where the signature holds: what a stranger forges must not cost what a vote costs.
 * @returns the findings of each ballot, none where it is good; `at` is relative to the ballot.
 */
export function checkBallots(context: BallotContext, jobs: readonly BallotJob[]): Finding[][] {
  const { definition, key } = prepare(context)
  const findings = jobs.map((): Finding[] => [])
  const ballots = jobs.map(({ payload }, i): Ballot | undefined => {
    try {
      return decodePayload(definition.codecs, 'ballot', payload)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      findings[i]!.push({ code: 'BALLOT_ENCODING', at: error.path, why: error.why })
      return undefined
    }
  })
  const signatures = new OwnedBatch()
  ballots.forEach((ballot, i) => {
    if (ballot === undefined) return
    const { payload, signatures: carried } = jobs[i]!
    const signed = ballotSignature(definition.id, ballot.credential, payload, carried, 'signature')
    const wrong = (why: string): Finding => ({ code: 'BALLOT_SIGNATURE', at: 'signature', why })
    if ('why' in signed) findings[i]!.push(wrong(signed.why))
    else
      for (const claim of signed.claims)
        signatures.add(
          i,
          signatureItemOf(claim),
          wrong('the signature is not that of the credential on this ballot'),
        )
  })
  signatures.settle(findings)
  const proofs = new OwnedBatch()
  ballots.forEach((ballot, i) => {
    if (ballot === undefined || findings[i]!.length > 0) return
    const shown = definition.styles.get(ballot.style)!
    ballot.contests.forEach(({ ciphertexts, proof }, c) => {
      const at = `contests[${c}]`
      const contest = shown[c]!
      try {
        const relation = cellsRelation(key, definition.forms[contest]!, fromBase64url(ciphertexts))
        const tag = contestTag(context.opening, ballot.credential, ballot.replaces, contest)
        const why = 'the proof that these ciphertexts are a valid vote does not hold'
        proofs.add(i, { relation, tag, proof: fromBase64url(proof) }, { code: 'BALLOT_PROOF', at, why })
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        findings[i]!.push({ code: 'BALLOT_ENCODING', at: `${at}.ciphertexts`, why: error.message })
      }
    })
  })
  proofs.settle(findings)
  return findings
}

/** Proofs to verify together, each with the ballot it belongs to and what to say if it is none. */
class OwnedBatch {
  readonly #items: BatchItem[] = []
  readonly #owners: { readonly ballot: number; readonly finding: Finding }[] = []
  readonly #none: { readonly ballot: number; readonly finding: Finding }[] = []

  /** @param item undefined where the bytes cannot even be a proof. */
  add(ballot: number, item: BatchItem | undefined, finding: Finding): void {
    if (item === undefined) this.#none.push({ ballot, finding })
    else {
      this.#items.push(item)
      this.#owners.push({ ballot, finding })
    }
  }

  settle(findings: readonly Finding[][]): void {
    const bad = verifyBatch(g, this.#items).map((i) => this.#owners[i]!)
    for (const { ballot, finding } of [...this.#none, ...bad]) findings[ballot]!.push(finding)
  }
}

/**
 * For each tally unit, Σ weight·ciphertext of each cell that belongs to an output, 64 bytes per cell of its contest's form (slack
 * included, as the identity); the caller adds the answers of several tasks and forms the outputs.
 * @param jobs ballots that `checkBallots` has accepted.
 */
export function addUp(context: BallotContext, jobs: readonly SumJob[]): Uint8Array[] {
  const { definition } = prepare(context)
  const used = definition.forms.map((form) => [...new Set(form.outputs.flatMap((o) => o.cells))])
  const sums = definition.units.map((unit) =>
    Array.from({ length: definition.forms[unit.contest]!.cells }, () => zeroCiphertext),
  )
  for (const { payload, weight } of jobs) {
    const ballot = decodePayload(definition.codecs, 'ballot', payload)
    const shown = definition.styles.get(ballot.style)!
    definition.units.forEach((unit, u) => {
      if (!unit.styles.has(ballot.style)) return
      const bytes = fromBase64url(ballot.contests[shown.indexOf(unit.contest)]!.ciphertexts)
      for (const cell of used[unit.contest]!) {
        const vote = decodeCiphertext(bytes.subarray(64 * cell, 64 * (cell + 1)))
        sums[u]![cell] = addCiphertexts(sums[u]![cell]!, weight === 1 ? vote : scaleCiphertext(vote, weight))
      }
    })
  }
  return sums.map((cells) => encodeCells(cells))
}

export function encodeCells(cells: readonly Ciphertext[]): Uint8Array {
  const out = new Uint8Array(64 * cells.length)
  cells.forEach((cell, i) => out.set(encodeCiphertext(cell), 64 * i))
  return out
}

/** Sums may be the identity, unlike ciphertexts on ballots. @throws {RangeError} on malformed bytes. */
export function decodeCells(bytes: Uint8Array): Ciphertext[] {
  return Array.from({ length: bytes.length / 64 }, (_, i) => ({
    alpha: g.decodeOrIdentity(bytes.subarray(64 * i, 64 * i + 32)),
    beta: g.decodeOrIdentity(bytes.subarray(64 * i + 32, 64 * i + 64)),
  }))
}

/** Runs tasks over slices of `jobs`, as many at once as the pool has threads; answers in order. */
export async function inSlices<J, A>(
  jobs: readonly J[],
  sliceSize: number,
  threads: number,
  run: (slice: readonly J[], from: number) => Promise<A>,
): Promise<A[]> {
  const starts = Array.from({ length: Math.ceil(jobs.length / sliceSize) }, (_, i) => i * sliceSize)
  const answers: A[] = []
  let next = 0
  const worker = async () => {
    while (next < starts.length) {
      const mine = next++
      const from = starts[mine]!
      answers[mine] = await run(jobs.slice(from, from + sliceSize), from)
    }
  }
  await Promise.all(Array.from({ length: Math.max(1, threads) }, worker))
  return answers
}
