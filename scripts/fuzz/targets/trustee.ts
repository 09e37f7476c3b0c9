import {
  DecodeError,
  decodeDocument,
  encodeDocument,
  equalBytes,
  fromBase64url,
  fromUtf8,
} from '@cista/board'
import { logRows, relogged } from '@cista/testkit'
import { judgeRecord, lockState, prepareDeal, prepareJoin, unlockState } from '@cista/trustee'
import { openShare } from '../../../packages/trustee/src/shares.js'
import { stateCodec } from '../../../packages/trustee/src/state.js'
import { Trustees } from '../../../packages/trustee/test/support.js'
import { type Row, mutateRows, sameRows, showRows } from '../records.js'
import { type Target, holds, parser } from '../target.js'
import { isCostly, mutateAge } from './organiser.js'

const passphrase = 'correct horse'

/** A complaint with everything that it needs to be judged, changed as a board and its signers could. */
async function complaints(): Promise<Target> {
  const t = await (await new Trustees().step(prepareJoin)).step(prepareDeal)
  const { simulation, id } = t
  const { identity } = t.state(2).elections[id]!.attempts[0]!
  simulation.post('trustee-complained', { accused: 1, attempt: 1, identity, index: 2 })
  const target: Target<readonly Row[]> = {
    name: 'judged record',
    least: 2_000,
    samples: [logRows(simulation)],
    mutate: (sample, random) => mutateRows(simulation, sample, random),
    refusals: [DecodeError],
    show: showRows,
    async run(input, sample) {
      const judged = await judgeRecord(await relogged(simulation, input), id)
      if ('why' in judged) return false
      const honest = input.every((row) => row.signed === undefined) && sameRows(input, sample)
      holds(!honest || judged.judgements[0]?.guilty === 2, 'the accused is found guilty of nothing')
      return judged.judgements.length > 0
    },
  }
  return target as Target
}

/** What a trustee reads: its own file, and the shares that others dealt. */
export async function trusteeTargets(): Promise<Target[]> {
  const t = await (await new Trustees().step(prepareJoin)).step(prepareDeal)
  const state = t.state(1)
  const { identity } = state.elections[t.id]!.attempts[0]!
  const { shares, commitments } = t.simulation.course.phase.attempt.dealt.get(2)!
  const [file, promised] = [fromBase64url(shares[0]!), fromBase64url(commitments)]
  const honest = await openShare(file, identity, promised, 1)
  if ('why' in honest) throw new Error(honest.why)
  return [
    await complaints(),
    parser('trustee’s file', mutateAge, [await lockState(state, passphrase, 2)], async (input) => {
      if (isCostly(input)) return false
      const unlocked = await unlockState(input, passphrase)
      holds('fault' in unlocked || unlocked.state.secret === state.secret, 'another key')
      return 'state' in unlocked
    }),
    parser('trustee’s state', 'json', [encodeDocument(stateCodec, state)], (input) => {
      const read = decodeDocument(stateCodec, input, 'state')
      holds(equalBytes(encodeDocument(stateCodec, read), input), 'other bytes read as the same state')
      return fromUtf8(input) !== ''
    }),
    parser('dealt share', mutateAge, [file], async (input) => {
      const opened = await openShare(input, identity, promised, 1)
      holds('why' in opened || opened.share === honest.share, 'another share fits the commitments')
      return 'share' in opened
    }),
  ] as Target[]
}
