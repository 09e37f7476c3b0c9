export {
  type BallotElection,
  type Choices,
  type Composed,
  type Reveal,
  type SealedBallot,
  auditBallot,
  contestsOf,
  rebuildBallot,
  sealBallot,
} from './ballot.js'
export {
  type BallotReceipt,
  type CastOutcome,
  type Tracked,
  castBallot,
  checkReceipt,
  keepReceipt,
  trackBallot,
} from './cast.js'
export { type Connection, type CredentialHints, type Hints, httpConnection } from './connection.js'
export { type OpenElection, openElection } from './election.js'
export { type Identified, type Voter, identifyVoter } from './voter.js'
