export { type CheckId, type FindingCode, checklist, findingCodes } from './checklist.js'
export { judgeContinuation } from './continuation.js'
export { deriveOpened, deriveResult, deriveTallied, talliedSums } from './derive.js'
export { type Dispute, judgeDispute } from './dispute.js'
export { type CheckedParts, type ExamineOptions, examineRecord, verifyRecord } from './examine.js'
export type { Checked, Finding, Progress } from './findings.js'
export { followEntries, followRecord } from './follow.js'
export {
  type Fetch,
  type Problem,
  type SubmitOutcome,
  Unreachable,
  getJson,
  httpRecord,
  postSubmission,
} from './http.js'
export { type PageInForce, pageInForce } from './pageInForce.js'
export {
  type BallotContext,
  type BallotJob,
  type ProofPool,
  type SumJob,
  addUp,
  checkBallots,
  localPool,
} from './proofs.js'
export { type VerifiedReceipt, receiptFile, verifyReceiptFile } from './receiptFile.js'
export type { CheckReport, ContestResult, Report } from './report.js'
export { authoritySignatures, falseClaims } from './signatures.js'
export {
  type Signer,
  type Submitted,
  addSignatures,
  checkSubmission,
  decodeSubmitted,
  signSubmission,
} from './submit.js'
export { RecordUnavailable, checkManifest } from './v1Manifest.js'
export { type Board, policyOf } from './v2Board.js'
export { type Entries, type PlacedEntry, toPayload } from './v3Entries.js'
export { type Keys, dealingFindings, decodeKey, deriveKeys } from './v4Trustees.js'
export type { Tally } from './v8Tally.js'
export { Watch } from './watch.js'
export { type SeenCheckpoint, type WatchEvent, isAlarm } from './watchEvents.js'
