// Runs in a worker thread: the verifier's own functions, on bytes.
import { type BallotContext, type BallotJob, type SumJob, addUp, checkBallots } from '@cista/verifier'

export type Task =
  | { readonly name: 'ready' }
  | { readonly name: 'checkBallots'; readonly context: BallotContext; readonly jobs: readonly BallotJob[] }
  | { readonly name: 'addUp'; readonly context: BallotContext; readonly jobs: readonly SumJob[] }

export default function run(task: Task) {
  switch (task.name) {
    case 'ready':
      return []
    case 'checkBallots':
      return checkBallots(task.context, task.jobs)
    case 'addUp':
      return addUp(task.context, task.jobs)
  }
}
