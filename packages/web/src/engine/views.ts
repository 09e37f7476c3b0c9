import type { Choices } from '@cista/client'
import type { Manifest } from '@cista/protocol'

// What the engine tells the page: plain values that cross from the worker by structured clone. Never a code, a key or a seed.

/** An election as its board shows it: the manifest's hash is its id, and the rest is verified. */
export interface ElectionView {
  readonly id: string
  readonly manifest: Manifest
  /** How far it is, by the server's word: for texts only. */
  readonly phase: 'early' | 'late' | 'never' | 'open' | 'closed' | 'result' | 'aborted'
  /** Closing time in force, RFC 3339. */
  readonly closes: string
  /** Whether ballots can be, or could be, made for it. */
  readonly opened: boolean
  /** Why it was aborted. */
  readonly reason?: string
}

/** What a code may do. */
export type VoterView =
  | {
      readonly kind: 'voter'
      /** Public key of the code's credential, hex. */
      readonly credential: string
      readonly style: string
      readonly weight: number
      /** The ballot that this code has cast last. */
      readonly last?: { readonly tracker: string; readonly batchTime: string }
    }
  | { readonly kind: 'refused'; readonly fault: CodeFault }
export type CodeFault = 'length' | 'character' | 'checksum' | 'not-on-roll' | 'cancelled'

/** A ballot that is encrypted and signed. `file` may be kept: it holds no choice, code or seed. */
export interface SealedView {
  /** Public key of the credential that has signed it, hex. */
  readonly credential: string
  /** Empty while the worker that reads the file cannot be had. */
  readonly tracker: string
  readonly file: string
}

/** That a ballot is on the board: verified here. */
export interface ReceiptView {
  /** The file that the voter keeps. */
  readonly receipt: string
  /** Of the ballot that it proves. */
  readonly tracker: string
  readonly index: number
  readonly batchTime: string
}

/** What came of sending a ballot. */
export type CastView =
  | ({ readonly kind: 'cast' } & ReceiptView)
  /** Not on the board, and it never will be. */
  | { readonly kind: 'refused'; readonly codes: readonly string[]; readonly why: string }
  /** Perhaps on the board: the same ballot sent again is taken once. */
  | { readonly kind: 'unknown'; readonly why: string }
  /** The answer does not prove what it should. `evidence` is for others to see. */
  | { readonly kind: 'unproven'; readonly why: string; readonly evidence: string }

/** What a tested ballot contains, made again on this device. */
export type AuditView =
  | {
      readonly kind: 'same'
      readonly choices: Choices
      readonly style: string
    }
  | { readonly kind: 'different'; readonly tracker: string }
  | { readonly kind: 'no-vote'; readonly why: string }
