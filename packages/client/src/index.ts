export {
  type BallotElection,
  type Choices,
  type Composed,
  type Reveal,
  type SealedBallot,
  auditBallot,
  choiceIn,
  contestsOf,
  rebuildBallot,
  sealBallot,
} from './ballot.js'
export {
  type BallotReceipt,
  type CastOutcome,
  type SendOutcome,
  castBallot,
  checkReceipt,
  keepReceipt,
  sendBallot,
  signBallot,
} from './cast.js'
export { readAnnouncements } from './announcements.js'
export {
  type Connection,
  type CredentialHints,
  type Hints,
  type PhaseHints,
  UnknownElection,
  httpConnection,
} from './connection.js'
export { type OpenBoard, openBoard } from './board.js'
export { type OpenElection, openElection } from './election.js'
export { ballotFile, evidenceFile, readBallotFile, readChoices, readTestFile, testFile } from './files.js'
export { type PhaseNow, phaseNow } from './phaseNow.js'
export { type Tracked, trackBallot } from './track.js'
export { type Identified, type LastBallot, type Voter, identifyVoter } from './voter.js'
export { type Voting, votingNow, whyNotCast } from './voting.js'
export { contestLines, standingWords } from './words.js'
export { type WrittenTracker, parseTracker } from './writtenTracker.js'
