export { type SourceFault, type SourcePath } from './place.js'
export { type ReadManifest, originOf, readManifest, usual, utcTime } from './readable.js'
export { type KeyRole, type SigningKey, type UnlockedKey, keyRoles, lockKey, newKey, unlockKey } from './signingKey.js'
