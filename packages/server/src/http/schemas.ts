import { limits } from '@cista/board'
import { entryKinds } from '@cista/protocol'
import { z } from 'zod'

// The same declarations validate requests, type the answers, and make the OpenAPI document.

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 small hexadecimal digits')
const index = z.int().min(0)
const time = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)
const numbers = z.array(index)
const text = z.string()

export const electionParameters = z.strictObject({
  election: hash.describe('election id: SHA-256 of the manifest'),
})
export const credentialParameters = electionParameters.extend({
  credential: hash.describe('public key of a credential'),
})
export const ballotParameters = electionParameters.extend({
  tracker: hash.describe('SHA-256 of a ballot'),
})
export const boardKeyQuery = z.strictObject({
  origin: text
    .min(1)
    .max(limits.originBytes)
    .describe('name of the board, unique per election; ASCII without spaces and plus'),
})
export const noParameters = z.strictObject({})

/** What is posted; the strict decoder is that of the protocol, which also refuses what is not canonical JSON (RFC 8785). */
export const submission = z
  .strictObject({
    kind: z.enum(entryKinds as [string, ...string[]]),
    payload: text.describe('canonical bytes of the payload, base64url'),
    signatures: z.array(
      z.strictObject({
        by: text.describe('`administrator-1`, `trustee-3`, `credential` …'),
        proof: text.describe('base64url'),
      }),
    ),
  })
  .describe('canonical JSON (RFC 8785)')

const receipt = {
  entry: text.describe('canonical text of the entry; SHA-256(0x00 ‖ entry) is its leaf hash'),
  receipt: text.describe('C2SP tlog-proof under a signed checkpoint'),
}
export const loggedAnswer = z.strictObject(receipt)
export const createdAnswer = z.strictObject({ election: hash, ...receipt })
export const ballotAnswer = z.strictObject({ ...receipt, index })
export const boardKeyAnswer = z.strictObject({
  key: text.describe('C2SP verifier key for the manifest'),
  taken: z.boolean().describe('whether an election has this origin already; no other can be created with it'),
})

const stage = z.enum(['setup', 'open', 'closed', 'tallied', 'ended'])
export const listAnswer = z.strictObject({
  elections: z.array(
    z.strictObject({ id: hash, title: z.record(text, text), stage, opens: time, closes: time }),
  ),
})
export const statusAnswer = z.strictObject({
  id: hash,
  origin: text,
  stage,
  attempt: index.describe('running attempt of the key ceremony'),
  joined: numbers.describe('trustees, from 1'),
  dealt: numbers,
  confirmed: numbers,
  complaint: z.strictObject({ by: index, accused: index }).nullable(),
  rollChunks: index,
  credentials: index,
  sealed: z.boolean(),
  opens: time,
  closes: time.describe('closing time in force'),
  ballots: index,
  cancellations: index,
  decrypted: numbers,
  ended: z.enum(['result', 'aborted']).nullable(),
  size: index.describe('entries on the board'),
  setup: numbers.describe('entries of the running or opened attempt of the key ceremony'),
  opened: index.nullable(),
  announced: numbers.describe('entries by which the administrators tell the public something: the latest 50'),
})
export const credentialAnswer = z
  .strictObject({
    roll: index.nullable().describe('chunk of the roll that holds the credential'),
    changes: numbers.describe('entries that change it'),
    cancelled: index.nullable(),
    ballot: z.strictObject({ index, tracker: hash }).nullable().describe('its last ballot'),
  })
  .describe('entries to look at; whoever relies on them verifies their inclusion')

export const problemAnswer = z
  .strictObject({
    type: text.describe('`urn:cista:problem:…`, stable'),
    title: text,
    status: z.int(),
    detail: text.describe('what happened and what to do'),
    findings: z.array(z.strictObject({ code: text, at: text, why: text })),
  })
  .describe('RFC 9457')
