export * from './bytes.js'
export * from './checkpoint.js'
export * from './codec.js'
export * from './entry.js'
export * from './extend.js'
export * from './hash.js'
export * from './limits.js'
export {
  type Note,
  type NoteAlgorithm,
  type NoteSignature,
  type VerifierKey,
  isKeyName,
  parseNote,
  parseVerifierKey,
  signNote,
  verifierKey,
} from './note.js'
export * from './receipt.js'
export * from './record.js'
export * from './tiles.js'
export * from './tree.js'
export * from './witness.js'
