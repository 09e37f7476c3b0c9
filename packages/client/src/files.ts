import { type Codec, DecodeError, decodeText, fromHex, hex, object, text, toHex } from '@cista/board'
import { type Submission, decodeSubmission, encodeSubmission } from '@cista/protocol'
import { decodeSubmitted } from '@cista/verifier'
import type { Choices, Reveal } from './ballot.js'
import type { OpenElection } from './election.js'

/**
 * A signed ballot to be kept before it is sent, so that the same bytes can be sent again. Holds no choice, code or seed: whoever has it
 * can cast this ballot, and no other.
 */
export const ballotFile = (ballot: Submission): Uint8Array => encodeSubmission(ballot)

/** @throws {DecodeError} on anything but a ballot of this election as `ballotFile` writes it. */
export function readBallotFile({ definition }: OpenElection, bytes: Uint8Array): Submission {
  const ballot = decodeSubmission(bytes, 'ballot file')
  if (ballot.kind !== 'ballot') throw new DecodeError('ballot file.kind', `“${ballot.kind}”: not a ballot`)
  const decoded = decodeSubmitted(definition, ballot)
  if ('findings' in decoded) {
    const { at, why } = decoded.findings[0]!
    throw new DecodeError('ballot file', `not a ballot of this election: ${at}: ${why}`)
  }
  const { payload } = decoded
  if (payload.kind !== 'ballot' || payload.value.election !== definition.id)
    throw new DecodeError('ballot file', 'a ballot of another election')
  return ballot
}

/** What shape choices have is said when a ballot is made of them. */
const choices: Codec<Choices> = { decode: (value) => value as Choices, encode: (value) => value }

const testFileCodec = object({
  seed: hex(32),
  choices,
  credential: hex(32),
  style: text(200, 1),
  replaces: hex(32),
})

/** How a tested ballot was made, for the voter's second device. Whoever sees it sees the choices. */
export const testFile = ({ seed, ...rest }: Reveal): string =>
  `${JSON.stringify({ seed: toHex(seed), ...rest }, null, 2)}\n`

/** @throws {DecodeError} on anything but the fields of a test file; whether its choices are a vote is not looked at. */
export function readTestFile(bytes: Uint8Array): Reveal {
  let value: unknown
  try {
    value = JSON.parse(decodeText(bytes, 'test file'))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new DecodeError('test file', `not JSON: ${error.message}`)
  }
  const { seed, ...rest } = testFileCodec.decode(value, 'test file')
  return { ...rest, seed: fromHex(seed) }
}
