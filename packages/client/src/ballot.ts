// Specification: 03 Ballots from a seed
import { concat, fromHex, payloadHash, sha256, toBase64url, u32 } from '@cista/board'
import { randomBytes, ristretto255, sealCells } from '@cista/crypto'
import {
  type Ballot,
  type Bit,
  type Choice,
  type ChoiceFault,
  type Contest,
  type Manifest,
  compileChoice,
  contestTag,
  encodePayload,
} from '@cista/protocol'
import type { OpenElection } from './election.js'
import type { Voter } from './voter.js'

/** A choice for every contest of the voter's ballot style, by id of contest. */
export type Choices = Readonly<Record<string, Choice>>

/** All that is needed to make one ballot again, bit by bit. Who has it sees the vote: it is for testing, never for a ballot that is cast. */
export interface Reveal {
  /** 32 bytes. */
  readonly seed: Uint8Array
  readonly choices: Choices
  /** Public key of the credential, hex. */
  readonly credential: string
  readonly style: string
  readonly replaces: string
}

/** As much of an election as a ballot depends on. */
export type BallotElection = Pick<OpenElection, 'definition' | 'key' | 'context'>

/** A ballot whose bytes are fixed: it can be cast, or revealed and tested, not both. */
export interface SealedBallot {
  readonly payload: Uint8Array
  /** SHA-256 of the payload, hex; to be shown before the voter decides what to do with the ballot. */
  readonly tracker: string
  readonly reveal: Reveal
}
export type Composed =
  | { readonly ballot: SealedBallot }
  | { readonly faults: readonly (ChoiceFault & { readonly contest: string })[] }

/** The contests on a ballot style, in its order. */
export function contestsOf({ contests, styles }: Manifest, style: string): Contest[] {
  const shown = styles.find(({ id }) => id === style)?.contests ?? []
  return shown.flatMap((id) => contests.find((contest) => contest.id === id) ?? [])
}

/** What was chosen in a contest, nothing perhaps. Every object has a “constructor”, which a contest may be named. */
export function choiceIn(choices: Choices, contest: Contest): Choice {
  const choice = Object.hasOwn(choices, contest.id) ? choices[contest.id] : undefined
  return choice === undefined ? emptyChoice(contest) : choice
}

/** Compiles, refuses what is no vote at once, draws a seed, encrypts and proves. Takes about 3 ms per encrypted bit. */
export function sealBallot(election: BallotElection, voter: Voter, choices: Choices): Composed {
  const { secret, key } = voter.credential
  const context = concat(fromHex(election.context.opening), fromHex(key), fromHex(voter.replaces))
  const seed = sha256(concat(randomBytes(32), ristretto255.encodeScalar(secret), context))
  return rebuildBallot(election, {
    seed,
    choices,
    credential: key,
    style: voter.style,
    replaces: voter.replaces,
  })
}

/**
 * The ballot that a reveal stands for: the voter's second device calls this, with an election it has opened itself, and compares the
 * tracker. The seed alone decides all randomness, together with everything that is on the ballot.
 */
export function rebuildBallot(election: BallotElection, reveal: Reveal): Composed {
  const { definition, key, context } = election
  const { seed, choices, credential, style, replaces } = reveal
  const shown = definition.styles.get(style)
  if (shown === undefined)
    return { faults: [{ code: 'CHOICE_UNKNOWN', why: `no ballot style “${style}”`, contest: '' }] }
  // What a person or a program wrote as JSON may have any shape, and a list would pass for no choice at all.
  if (typeof choices !== 'object' || choices === null || Array.isArray(choices))
    return {
      faults: [{ code: 'CHOICE_UNKNOWN', why: 'not an object with a choice for each contest', contest: '' }],
    }
  const contests = shown.map((i) => definition.manifest.contests[i]!)
  const compiled = contests.map((contest) => compileChoice(contest, choiceIn(choices, contest)))
  const faults = compiled.flatMap((c, i) => ('fault' in c ? [{ ...c.fault, contest: contests[i]!.id }] : []))
  for (const id of Object.keys(choices))
    if (!contests.some((contest) => contest.id === id))
      faults.push({ code: 'CHOICE_UNKNOWN', why: `contest “${id}” is not on this ballot`, contest: id })
  if (faults.length > 0) return { faults }
  const bits = compiled.map((c) => ('bits' in c ? c.bits : []))
  const cells = concat(...bits.map(packBits))
  const sealed = shown.map((index, i) => {
    const tag = contestTag(context.opening, credential, replaces, index)
    const parts = [seed, fromHex(context.opening), fromHex(credential), fromHex(replaces), cells, u32(index)]
    const { ciphertexts, proof } = sealCells(key, definition.forms[index]!, bits[i]!, tag, {
      label: ballotLabel,
      parts,
    })
    return { ciphertexts: toBase64url(ciphertexts), proof: toBase64url(proof) }
  })
  const value: Ballot = { contests: sealed, credential, election: definition.id, replaces, style }
  const payload = encodePayload(definition.codecs, 'ballot', value)
  return { ballot: { payload, tracker: payloadHash(payload), reveal } }
}

const ballotLabel = 'CISTA-V01-ballot'

/** How many cells, then a byte for each. */
const packBits = (bits: readonly Bit[]): Uint8Array => concat(u32(bits.length), Uint8Array.from(bits))

/** No choice at all: a blank vote where the contest allows one. */
function emptyChoice({ kind }: Contest): Choice {
  if (kind === 'selection') return { kind, selected: [] }
  return kind === 'score' ? { kind, points: {} } : { kind, ranked: [] }
}

/** Whether the ballot with this tracker is the one that the reveal describes. */
export function auditBallot(election: BallotElection, reveal: Reveal, tracker: string): boolean {
  const rebuilt = rebuildBallot(election, reveal)
  return 'ballot' in rebuilt && rebuilt.ballot.tracker === tracker
}
