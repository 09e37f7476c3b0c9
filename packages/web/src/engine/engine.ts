import { fromUtf8, utf8 } from '@cista/board'
import {
  type Choices,
  type SealedBallot,
  type Voter,
  ballotFile,
  evidenceFile,
  identifyVoter,
  keepReceipt,
  readBallotFile,
  sealBallot,
  sendBallot,
  signBallot,
  testFile,
} from '@cista/client'
import { decodeSubmission, parseCode } from '@cista/protocol'
import { verifyReceiptFile } from '@cista/verifier'
import type { CastView, ReceiptView, SealedView, VoterView } from './views.js'
import { WithElection } from './withElection.js'

/**
 * Everything of a voter's page that computes, verifies or holds a secret. It runs in a worker: the page stays quick, and code, choices and seed
 * are nowhere else, and gone when the page is left.
 */
export class Engine extends WithElection {
  #voter: Voter | undefined
  /** The ballot made last, until it is revealed. */
  #sealed: SealedBallot | undefined

  /** Looks a code up. The right to vote is known before anything is filled in. */
  async identify(typed: string): Promise<VoterView> {
    const { connection, election } = this.opened()
    const parsed = parseCode(election.definition.id, typed)
    if ('fault' in parsed) return { kind: 'refused', fault: parsed.fault }
    const identified = await identifyVoter(connection, election, parsed.code)
    if ('fault' in identified) {
      const { fault } = identified
      if (fault === 'code') throw new Error('a code that was read is refused')
      return { kind: 'refused', fault }
    }
    const { voter, last } = identified
    this.#voter = voter
    const { style, weight, credential } = voter
    const view = { kind: 'voter', credential: credential.key, style, weight } as const
    return last === undefined ? view : { ...view, last: { tracker: last.tracker, batchTime: last.batchTime } }
  }

  /** Encrypts, proves and signs. @throws where the page let through what is no vote. */
  seal(choices: Choices): Promise<SealedView> {
    const { election } = this.opened()
    const voter = this.#voter
    if (voter === undefined) throw new Error('no code was given')
    const composed = sealBallot(election, voter, choices)
    if ('faults' in composed) throw new Error(composed.faults.map(({ why }) => why).join('; '))
    this.#sealed = composed.ballot
    const signed = signBallot(election, voter, composed.ballot)
    const { tracker, reveal } = composed.ballot
    return Promise.resolve({ credential: reveal.credential, tracker, file: fromUtf8(ballotFile(signed)) })
  }

  /** Sends a sealed ballot, once or again, also one that was sealed before the page was loaded again. */
  async cast(file: string): Promise<CastView> {
    const { server, connection, election } = this.opened()
    const ballot = readBallotFile(election, utf8(file))
    // What may be on the board must not be revealed any more.
    this.#sealed = undefined
    const outcome = await sendBallot(connection, election, ballot)
    switch (outcome.kind) {
      case 'cast': {
        const { index, batchTime, receipt } = outcome
        const file = fromUtf8(keepReceipt(election, receipt))
        return { kind: 'cast', receipt: file, tracker: ballot.hash, index, batchTime }
      }
      case 'refused': {
        const { findings, detail } = outcome.problem
        return { kind: 'refused', codes: findings.map(({ code }) => code), why: detail }
      }
      case 'unknown':
        return { kind: 'unknown', why: outcome.why }
      case 'unproven': {
        const at = { url: server, time: new Date().toISOString() }
        return { kind: 'unproven', why: outcome.why, evidence: evidenceFile(election, ballot, outcome, at) }
      }
    }
  }

  /** The tracker of a ballot file that the page has kept, also while the server is away. @throws {DecodeError} on what is no such file. */
  trackerOfFile(file: string): Promise<string> {
    return Promise.resolve(decodeSubmission(utf8(file), 'ballot file').hash)
  }

  /** What a receipt file proves that the page has kept. @throws {DecodeError} where it proves nothing in this election. */
  recall(receipt: string): Promise<ReceiptView> {
    const { entry } = verifyReceiptFile(utf8(receipt), this.opened().election.definition.id)
    const { payload, index, batchTime } = entry
    return Promise.resolve({ receipt, tracker: payload, index, batchTime })
  }

  /** How the sealed ballot was made, for the voter's second device. That ballot is dead: this page no longer has it. */
  reveal(): Promise<string> {
    const { election } = this.opened()
    const sealed = this.#sealed
    if (sealed === undefined) throw new Error('there is no ballot to reveal')
    this.#sealed = undefined
    return Promise.resolve(testFile(election, sealed.reveal))
  }
}
