// Specification: 03 Tags
import { suite } from './manifest.js'

/**
 * Every tag that a proof of Cista can carry. Fields are of fixed width, from a closed set, or decimals without leading zeros,
 * and are joined by a dot that none of them holds; no purpose serves two relations.
 */
const tag = (purpose: string, fields: readonly (string | number)[]): string =>
  `CISTA-V01-${purpose}-${fields.join('.')}-DSFS-with-${suite}`

/** Relation Signature. @param by the signer as the entry names it. @param payload SHA-256 of the payload, hex. */
export const signatureTag = (electionId: string, kind: string, by: string, payload: string): string =>
  tag('signature', [electionId, kind, by, payload])

/** Relation TrusteeKey. */
export const trusteeTag = (electionId: string, attempt: number, trustee: number): string =>
  tag('trustee', [electionId, attempt, trustee])

/** Relation Contest. @param opening leaf hash of the entry `opened`, hex. @param contest position in the manifest. */
export const contestTag = (opening: string, credential: string, replaces: string, contest: number): string =>
  tag('contest', [opening, credential, replaces, contest])

/** Relation PartialDecryption. @param tallied leaf hash of the entry `tallied`, hex. */
export const decryptionTag = (tallied: string, trustee: number): string =>
  tag('decryption', [tallied, trustee])
