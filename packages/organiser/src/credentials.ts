import { type Of, decodeDocument, encodeDocument, hex, integer, list, object } from '@cista/board'
import { randomBytes } from '@cista/crypto'
import {
  type Definition,
  type RolledCredential,
  credentialOf,
  identifier,
  limits,
  makeCode,
} from '@cista/protocol'

/** Somebody who may vote, as the organiser's list has them. */
export interface Person {
  /** Free: only the organiser sees it. */
  readonly name: string
  /** Free too: tells people of one name apart. */
  readonly id?: string
  readonly style: string
  readonly weight: number
}
export interface Issued {
  readonly person: Person
  /** For this person alone; it is the right to vote. */
  readonly code: string
  /** Public key, hex, for the roll. */
  readonly key: string
}

/** A fresh code for everybody. */
export function issueCredentials({ id }: Definition, people: readonly Person[]): Issued[] {
  return people.map((person) => {
    const code = makeCode(id, randomBytes(32))
    return { person, code, key: credentialOf(id, code).key }
  })
}

const rollFileCodec = object({
  credentials: list(object({ key: hex(32), style: identifier, weight: integer(1, limits.total) }), {
    min: 1,
  }),
  election: hex(32),
})
export type RollFile = Of<typeof rollFileCodec>

/** The public side, sorted, so that the order of people is not in it. */
export function rollOf({ id }: Definition, issued: readonly Issued[]): RollFile {
  const credentials = issued.map(({ key, person: { style, weight } }) => ({ key, style, weight }))
  return { credentials: credentials.sort((a, b) => (a.key < b.key ? -1 : 1)), election: id }
}

export const encodeRoll = (roll: RollFile): Uint8Array => encodeDocument(rollFileCodec, roll)
/** @throws {DecodeError} */
export const decodeRoll = (bytes: Uint8Array): RollFile => decodeDocument(rollFileCodec, bytes, 'roll')

/** As many credentials as one entry holds. @param sorted ascending by key. */
export function rollChunks(sorted: readonly RolledCredential[]): RolledCredential[][] {
  return Array.from({ length: Math.ceil(sorted.length / limits.rollChunk) }, (_, i) =>
    sorted.slice(i * limits.rollChunk, (i + 1) * limits.rollChunk),
  )
}
