import { formatTreeSize, treeSizeType } from '@cista/board'
import type { Answer } from '@cista/witness'

export interface Reply {
  readonly status: number
  readonly body: string
  readonly type?: string
  readonly allow?: string
}

/** The status and body that tlog-witness asks for; what the bodies of refusals say is for people. */
export function replyTo(answer: Answer): Reply {
  switch (answer.kind) {
    case 'cosigned':
      return { status: 200, body: answer.line }
    case 'malformed':
      return { status: 400, body: `${answer.why}\n` }
    case 'unsigned':
      return { status: 403, body: 'not signed by the board of this origin\n' }
    case 'unknown':
      return { status: 404, body: 'not an election that is witnessed here\n' }
    case 'stale':
      return { status: 409, body: formatTreeSize(answer.size), type: treeSizeType }
    case 'unproven':
      return { status: 422, body: 'the proof does not hold\n' }
    case 'forked':
      return { status: 422, body: 'another root of this size is cosigned\n' }
    case 'halted':
      return { status: 500, body: 'halted: its operator must look\n' }
    default:
      return answer satisfies never
  }
}

/** For the operator's log. Strangers' texts are quoted: no byte of theirs may be a command to a terminal. */
export function lineOf(answer: Answer): string {
  switch (answer.kind) {
    case 'cosigned': {
      const { origin, size } = answer.cosigned.checkpoint
      return `cosigned ${origin} ${size}`
    }
    case 'malformed':
      return `refused: ${JSON.stringify(answer.why)}`
    case 'unsigned':
      return `refused: not signed by the board of ${origin(answer)}`
    case 'unknown':
      return `refused: ${origin(answer)} is not witnessed here`
    case 'stale':
      return `${origin(answer)} asked from another size than ${answer.size}`
    case 'unproven':
      return `refused: ${origin(answer)} without a proof that it has only grown`
    case 'forked': {
      const notes = answer.notes.map((note) => JSON.stringify(note)).join(' ')
      return `ALARM: ${origin(answer)} has signed two trees of one size. Publish this: ${notes}`
    }
    case 'halted':
      return `ALARM: halted ${origin(answer)}: ${answer.why}`
    default:
      return answer satisfies never
  }
}

const origin = (answer: { readonly origin: string }): string => JSON.stringify(answer.origin)
