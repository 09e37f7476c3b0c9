export { type Answer, keepEvidence } from './evidence.js'
export { Failure, UsageFailure, failureStatus } from './failure.js'
export {
  type ElectionOptions,
  electionOption,
  help,
  hex64,
  integerBetween,
  serverOption,
  webAddress,
  withElection,
  withPassphrase,
  workFactorOption,
} from './options.js'
export { type PassphraseOptions, choosePassphrase, readPassphrase } from './passphrase.js'
export { harmless } from './words.js'
