import { equalBytes, utf8 } from '@cista/board'
import {
  type OpenElection,
  type SealedBallot,
  ballotFile,
  parseTracker,
  readBallotFile,
  readChoices,
  readTestFile,
  rebuildBallot,
  signBallot,
  testFile,
} from '@cista/client'
import { type Simulation, north } from '@cista/testkit'
import { type Target, holds, parser } from '../target.js'

/** What a voter's program finds on disk, or is told: a kept ballot, a test, choices, and digits of a tracker. */
export function voterFileTargets(election: OpenElection, s: Simulation, ballot: SealedBallot): Target[] {
  const kept = ballotFile(signBallot(election, s.voters[0]!, ballot))
  const tested = utf8(testFile(election, ballot.reveal))
  const trackers = [ballot.tracker, `${ballot.tracker.slice(0, 8)}…${ballot.tracker.slice(-4)}`]
  return [
    parser('kept ballot', 'json', [kept], (input) => {
      holds(equalBytes(ballotFile(readBallotFile(election, input)), input), 'two files of one ballot')
      return true
    }),
    parser('test file', 'json', [tested], (input) => {
      const reveal = readTestFile(election, input)
      const again = testFile(election, readTestFile(election, utf8(testFile(election, reveal))))
      holds(again === testFile(election, reveal), 'another test than was read')
      return 'ballot' in rebuildBallot(election, reveal)
    }),
    parser('choices', 'json', [utf8(JSON.stringify(north('a')))], (input) => {
      const { reveal } = ballot
      return 'ballot' in rebuildBallot(election, { ...reveal, choices: readChoices(input) })
    }),
    parser('tracker as typed', 'text', trackers.map(utf8), (input) => {
      const given = parseTracker(new TextDecoder().decode(input))
      if ('fault' in given) return false
      holds(given.whole === undefined || given.matches(given.whole), 'a tracker that is not its own')
      return true
    }),
  ] as Target[]
}
