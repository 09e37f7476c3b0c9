import { type Codec, DecodeError, decodeText, fromHex, hex, object, text, toHex } from '@cista/board'
import { type Submission, decodeSubmission, encodeSubmission } from '@cista/protocol'
import { decodeSubmitted } from '@cista/verifier'
import type { Choices, Reveal } from './ballot.js'
import type { SendOutcome } from './cast.js'
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

/** By contest, the choice, and in it the options or their points. */
const deepest = 3

const isWithin = (value: unknown, depth: number): boolean =>
  typeof value !== 'object' ||
  value === null ||
  (depth > 0 && Object.values(value).every((part) => isWithin(part, depth - 1)))

/** What shape choices have is said when a ballot is made of them; but what nobody could write down again is none. */
const choices: Codec<Choices> = {
  decode(value, path) {
    if (!isWithin(value, deepest)) throw new DecodeError(path, 'nested deeper than any choice is')
    return value as Choices
  },
  encode: (value) => value,
}

const testFileCodec = object({
  election: hex(32),
  seed: hex(32),
  choices,
  credential: hex(32),
  style: text(200, 1),
  replaces: hex(32),
})

/** How a tested ballot was made, and in which election, for the voter's second device. Whoever sees it sees the choices. */
export const testFile = ({ definition }: OpenElection, { seed, ...rest }: Reveal): string =>
  `${JSON.stringify({ election: definition.id, seed: toHex(seed), ...rest }, null, 2)}\n`

/** @throws {DecodeError} on anything but a test file of this election; whether its choices are a vote is not looked at. */
export function readTestFile({ definition }: OpenElection, bytes: Uint8Array): Reveal {
  const { election, seed, ...rest } = testFileCodec.decode(jsonOf(bytes, 'test file'), 'test file')
  if (election !== definition.id) throw new DecodeError('test file', `of another election, ${election}`)
  return { ...rest, seed: fromHex(seed) }
}

/** @throws {DecodeError} on what is not JSON. Whether it is a vote is said when a ballot is made of it. */
export const readChoices = (bytes: Uint8Array): Choices => choices.decode(jsonOf(bytes, 'choices'), 'choices')

/**
 * An answer that does not prove what it should, for others to see: with what it was the answer to, and the checkpoint that the board had shown
 * before, because it may contradict that one alone.
 * @param at address and time (RFC 3339) of the answer.
 */
export function evidenceFile(
  { definition, checkpoint }: OpenElection,
  { kind, hash }: Submission,
  { answer, why }: Extract<SendOutcome, { kind: 'unproven' }>,
  at: { readonly url: string; readonly time: string },
): string {
  const asked = { ...at, election: definition.id, kind, submission: hash }
  const answered = { entry: answer.entry, receipt: answer.proof }
  return `${JSON.stringify({ ...asked, why, ...answered, checkpoint }, null, 2)}\n`
}

function jsonOf(bytes: Uint8Array, name: string): unknown {
  const source = decodeText(bytes, name)
  try {
    return JSON.parse(source)
  } catch (error) {
    throw new DecodeError(name, `not JSON: ${(error as SyntaxError).message}`)
  }
}
