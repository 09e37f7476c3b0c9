import { type BallotContext, type BallotJob, type SumJob, addUp, checkBallots } from '@cista/verifier'
import { answerCalls } from '../worker/call.js'

const calls = {
  checkBallots: async (context: BallotContext, jobs: readonly BallotJob[]) => checkBallots(context, jobs),
  addUp: async (context: BallotContext, jobs: readonly SumJob[]) => addUp(context, jobs),
}
export type ProofCalls = typeof calls

// The page hands over one end of a channel; the worker that verifies has the other.
addEventListener('message', ({ data }: MessageEvent<MessagePort>) => {
  answerCalls(data, calls)
  data.start()
})
