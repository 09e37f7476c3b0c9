export {
  type ActOf,
  type OrganiserKind,
  type Prepared,
  coSign,
  draftFault,
  missingSignatures,
  nextTime,
  prepareAct,
  rollMismatch,
  signManifest,
} from './acts.js'
export {
  type Issued,
  type Person,
  type RollFile,
  decodeRoll,
  encodeRoll,
  issueCredentials,
  rollChunks,
  rollOf,
} from './credentials.js'
export { type OrganiserKey, lockKey, newKey, unlockKey } from './keyFile.js'
export { type ReadManifest, originOf, readManifest } from './readable.js'
export { utcTime } from './readableTime.js'
export type { SourceFault, SourcePath } from './place.js'
export { type OrganiserStanding, organiserStanding, tooLateToOpen } from './standing.js'
export { counted } from './words.js'
