import { fromUtf8, utf8 } from '@cista/board'
import {
  type BallotReceipt,
  type Choices,
  type Connection,
  type OpenElection,
  type SealedBallot,
  type Voter,
  ballotFile,
  checkReceipt,
  evidenceFile,
  identifyVoter,
  keepReceipt,
  readBallotFile,
  sealBallot,
  sendBallot,
  signBallot,
  testFile,
} from '@cista/client'
import { parseCode } from '@cista/protocol'
import { openView } from './openView.js'
import type { CastView, ElectionView, ReceiptView, SealedView, VoterView } from './views.js'

/**
 * Everything of a voter's page that computes, verifies or holds a secret. It runs in a worker: the page stays quick, and code, choices and seed
 * are nowhere else, and gone when the page is left.
 */
export class Engine {
  #server = ''
  #connection: Connection | undefined
  #election: OpenElection | undefined
  #voter: Voter | undefined
  /** The ballot made last, until it is revealed. */
  #sealed: SealedBallot | undefined

  /** Verifies an election and remembers it. @param id all that is trusted. */
  async open(server: string, id: string): Promise<ElectionView> {
    const { connection, election, view } = await openView(server, id)
    this.#server = server
    this.#connection = connection
    this.#election = election
    return view
  }

  /** Looks a code up. The right to vote is known before anything is filled in. */
  async identify(typed: string): Promise<VoterView> {
    const { connection, election } = this.#opened()
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
    const { election } = this.#opened()
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
    const { connection, election } = this.#opened()
    const ballot = readBallotFile(election, utf8(file))
    // What may be on the board must not be revealed any more.
    this.#sealed = undefined
    const outcome = await sendBallot(connection, election, ballot)
    switch (outcome.kind) {
      case 'cast': {
        const { index, batchTime, receipt } = outcome
        return { kind: 'cast', receipt: fromUtf8(keepReceipt(election, receipt)), index, batchTime }
      }
      case 'refused': {
        const { findings, detail } = outcome.problem
        return { kind: 'refused', codes: findings.map(({ code }) => code), why: detail }
      }
      case 'unknown':
        return { kind: 'unknown', why: outcome.why }
      case 'unproven': {
        const at = { url: this.#server, time: new Date().toISOString() }
        return { kind: 'unproven', why: outcome.why, evidence: evidenceFile(election, ballot, outcome, at) }
      }
    }
  }

  /** What a receipt file proves that the page has kept; undefined unless it is of the ballot with this tracker. */
  recall(receipt: string, tracker: string): Promise<ReceiptView | undefined> {
    const { election } = this.#opened()
    try {
      const { index, batchTime } = checkReceipt(election, JSON.parse(receipt) as BallotReceipt, tracker)
      return Promise.resolve({ receipt, index, batchTime })
    } catch {
      return Promise.resolve(undefined)
    }
  }

  /** How the sealed ballot was made, for the voter's second device. That ballot is dead: this page no longer has it. */
  reveal(): Promise<string> {
    const { election } = this.#opened()
    const sealed = this.#sealed
    if (sealed === undefined) throw new Error('there is no ballot to reveal')
    this.#sealed = undefined
    return Promise.resolve(testFile(election, sealed.reveal))
  }

  #opened(): { readonly connection: Connection; readonly election: OpenElection } {
    if (this.#connection === undefined || this.#election === undefined) throw new Error('no election is open')
    return { connection: this.#connection, election: this.#election }
  }
}
