import type { Refusal } from '@cista/protocol'

/** Every problem that the API answers with (RFC 9457): `urn:cista:problem:<name>`. Names are stable; `advice` says what to do. */
export const problems = {
  malformed: {
    status: 400,
    title: 'The request cannot be read',
    advice: 'Correct what the findings name and send it again.',
  },
  'unknown-election': {
    status: 404,
    title: 'No such election',
    advice: 'Compare the election id with the published one.',
  },
  'not-found': {
    status: 404,
    title: 'Nothing is here',
    advice: 'The addresses that exist are listed at /api/openapi.json.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'This address does not take this method',
    advice: 'The methods of each address are listed at /api/openapi.json.',
  },
  'upgrade-required': {
    status: 426,
    title: 'This address is a WebSocket',
    advice: 'Open it as one, or ask for the election itself now and then: /api/elections/{election}.',
  },
  'too-large': {
    status: 413,
    title: 'The body is too large',
    advice: 'Split it: a roll may have many chunks of 256 credentials.',
  },
  encoding: {
    status: 415,
    title: 'The body is compressed',
    advice: 'Send it without Content-Encoding.',
  },
  invalid: {
    status: 422,
    title: 'Signatures or proofs do not hold',
    advice:
      'Nothing was stored. Make the document again, with the keys that the manifest names, and send it again.',
  },
  derived: {
    status: 422,
    title: 'This kind of entry is made by the server itself',
    advice: 'Wait: the server makes it as soon as it is due.',
  },
  manifest: {
    status: 422,
    title: 'This election could not work',
    advice: 'Change what the findings name; the manifest, its id and its signatures will be new.',
  },
  'not-an-organiser': {
    status: 403,
    title: 'None of the signing administrators may create elections here',
    advice: 'Ask the operator to add the public key of an administrator to CISTA_ORGANISERS.',
  },
  'origin-taken': {
    status: 409,
    title: 'Another election has this origin',
    advice: 'Choose another name for the board, and get its key from /api/board-key.',
  },
  phase: {
    status: 409,
    title: 'The election is not at this point',
    advice: 'Look at the election’s stage, and send what belongs to it.',
  },
  time: {
    status: 409,
    title: 'Too early or too late',
    advice: 'Look at the election’s opening and closing times.',
  },
  sequence: {
    status: 409,
    title: 'Not the next of its signer',
    advice: 'Read the record up to its end, then sign again with the next sequence number.',
  },
  ceremony: {
    status: 409,
    title: 'The key ceremony is not at this point',
    advice:
      'Read the record up to its end and repeat the step; after a complaint the administrators restart the ceremony.',
  },
  numbers: {
    status: 409,
    title: 'The numbers are not those of the board',
    advice: 'Read the record up to its end, count again, and sign again.',
  },
  roll: {
    status: 409,
    title: 'This does not fit the roll',
    advice: 'Read the roll as it is on the board, and correct what the findings name.',
  },
  'not-on-roll': {
    status: 409,
    title: 'This credential is not on the roll',
    advice: 'Check the code; if it is right, ask the registrars.',
  },
  cancelled: {
    status: 409,
    title: 'This credential was cancelled',
    advice: 'Cancelling is final: whoever was cancelled by mistake votes on paper too.',
  },
  'ballot-style': {
    status: 409,
    title: 'This is not the ballot of this voter',
    advice: 'Load the credential’s place on the roll again, and make the ballot for the style it names.',
  },
  'ballot-replaces': {
    status: 409,
    title: 'Another ballot of this credential came first',
    advice:
      'Look at the ballot that is on the board. To replace it, make a new one that names its tracker; if it is not yours, tell the registrars.',
  },
  'ballot-revisions': {
    status: 409,
    title: 'This credential cannot vote again',
    advice: 'The ballot on the board counts.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests from this address',
    advice: 'Wait a minute and send it again.',
  },
  internal: {
    status: 500,
    title: 'The server made a mistake',
    advice: 'Send the same bytes again later: what is on the board already is answered with its receipt.',
  },
  busy: {
    status: 503,
    title: 'The server is busy or shutting down',
    advice:
      'Send the same bytes again in a moment: what is on the board already is answered with its receipt.',
  },
  halted: {
    status: 503,
    title: 'The board of this election is halted',
    advice:
      'Tell the operator, who finds the reason in the log. Keep receipts and checkpoints: they are evidence.',
  },
} as const satisfies Record<string, { status: number; title: string; advice: string }>
export type ProblemName = keyof typeof problems

export interface ProblemFinding {
  readonly code: string
  readonly at: string
  readonly why: string
}

/** An expected no, on its way to the client. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly problem: ProblemName
  readonly findings: readonly ProblemFinding[]

  /** @param what happened, as a sentence without its full stop; the advice follows it. */
  constructor(problem: ProblemName, what: string, findings: readonly ProblemFinding[] = []) {
    super(what)
    this.problem = problem
    this.findings = findings
  }
}

const byRefusal = {
  PHASE: 'phase',
  SEQUENCE: 'sequence',
  ATTEMPT: 'ceremony',
  TIME: 'time',
  CEREMONY: 'ceremony',
  NUMBERS: 'numbers',
  ROLL: 'roll',
  ROLL_WEIGHT: 'roll',
  BALLOT_CREDENTIAL: 'not-on-roll',
  BALLOT_STYLE: 'ballot-style',
  BALLOT_REPLACES: 'ballot-replaces',
  BALLOT_REVISIONS: 'ballot-revisions',
  BALLOT_CANCELLED: 'cancelled',
} as const satisfies Record<Refusal['code'], ProblemName>

export function refused({ code, why }: Refusal, kind: string): Problem {
  return new Problem(byRefusal[code], why, [{ code, at: kind, why }])
}

/** The document of RFC 9457. */
export function problemDocument({ problem, message, findings }: Problem) {
  const { status, title, advice } = problems[problem]
  const what = message.endsWith('.') ? message : `${message}.`
  return { type: `urn:cista:problem:${problem}`, title, status, detail: `${what} ${advice}`, findings }
}
