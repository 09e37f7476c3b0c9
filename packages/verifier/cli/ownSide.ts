import { DecodeError, openCheckpoint } from '@cista/board'
import type { Definition } from '@cista/protocol'
import { type Report, policyOf } from '@cista/verifier'

/** What the caller named beside the record. */
export interface Asked {
  readonly election?: string
  readonly checkpoint?: { readonly file: string; readonly note: string }
}

/**
 * Where the only finding may be a slip of whoever called, what to look at before accusing anybody; undefined where it is no slip. Finding
 * and exit status stay: a program must not pass over them.
 */
export function ownSide(
  { checks }: Report,
  definition: Definition | undefined,
  { election, checkpoint }: Asked,
): string[] | undefined {
  const findings = checks.flatMap((check) => check.findings)
  const [only] = findings
  if (only === undefined || findings.length > 1) return undefined
  // Of the findings of this code only the one about the id asked for holds that id.
  if (only.code === 'MANIFEST_ID' && election !== undefined && only.why.includes(election))
    return [
      'ANOTHER ELECTION. This is not the record of the election you asked for; nothing is said about the record itself.',
      `You asked for ${election}. Look first whether you typed the id right, and whether`,
      'the folder or address is the right one. If both are, another election is shown in place of yours: keep a copy as evidence.',
    ]
  if (only.code === 'BOARD_EARLIER' && checkpoint !== undefined && definition !== undefined) {
    const why = checkpointFault(checkpoint.note, definition)
    if (why !== undefined)
      return [
        `NOT COMPARED. Your file ${checkpoint.file} is no checkpoint of this board, or it is damaged: ${why}.`,
        'Nothing is said about the record itself. Look first whether this is the file you saved from this election, byte for byte:',
        'editors change line ends, and copying by hand loses the last one. Without --checkpoint the record is verified by itself.',
      ]
  }
  return undefined
}

function checkpointFault(note: string, definition: Definition): string | undefined {
  try {
    openCheckpoint(note, policyOf(definition), 'it')
    return undefined
  } catch (error) {
    if (error instanceof DecodeError) return error.why
    throw error
  }
}
