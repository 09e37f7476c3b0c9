import { DecodeError } from '@cista/board'
import { UnknownElection } from '@cista/client'
import { Unreachable } from '@cista/verifier'
import { type FailureView, failureOf, whyOf } from '../worker/call.js'

/** What to tell the page of an error. */
export function judge(error: unknown): FailureView {
  if (error instanceof UnknownElection) return { kind: 'noElection', why: whyOf(error) }
  if (error instanceof Unreachable) return { kind: 'unreachable', why: whyOf(error) }
  return error instanceof DecodeError ? { kind: 'untrusted', why: whyOf(error) } : failureOf(error)
}
