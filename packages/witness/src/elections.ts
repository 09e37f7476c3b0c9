// Specification: 05 Witnesses
import { DecodeError, limits, parseVerifierKey } from '@cista/board'

/** Verifier keys of the boards that are witnessed, by origin. */
export type Boards = ReadonlyMap<string, string>

/** One board's verifier key a line; what follows a # is a comment. @throws {DecodeError} naming the first line at fault. */
export function parseElections(text: string, path = 'elections'): Boards {
  const boards = new Map<string, string>()
  for (const [i, line] of text.split('\n').entries()) {
    // A key's name may hold a #, so that only one that begins a word is a comment's.
    const vkey = line.replace(/(?:^|\s)#.*$/s, '').trim()
    if (vkey === '') continue
    const at = `${path} line ${i + 1}`
    const { name, algorithm } = parseVerifierKey(vkey, at)
    if (algorithm !== 1) throw new DecodeError(at, 'the key of a witness, not of a board')
    if (name.length > limits.originBytes) throw new DecodeError(at, 'the origin is too long')
    if (boards.has(name)) throw new DecodeError(at, `a second key for ${name}`)
    boards.set(name, vkey)
  }
  return boards
}
