import { describe, expect, it } from 'vitest'
import {
  type CheckpointPolicy,
  boardKey,
  emptyFrontier,
  extend,
  formatReceipt,
  leafHash,
  limits,
  parseReceipt,
  sha256,
  signCheckpoint,
  utf8,
  verifyReceipt,
  witnessKey,
} from '@cista/board'
import { said } from './said.js'

// The formats at their limits and one beyond, and where faults are said to be.

const seed = (n: number) => new Uint8Array(32).fill(n)
const root = sha256(utf8('root'))
const origin = 'board.example'
const names = ['one.example', 'two.example']
const policy: CheckpointPolicy = {
  board: boardKey(seed(1), origin),
  witnesses: names.map((name, i) => witnessKey(seed(2 + i), name)),
  quorum: 0,
}

describe('receipts', () => {
  const { entries } = extend(
    emptyFrontier(origin, 'ab'.repeat(32)),
    [{ kind: 'notice', payload: '0'.repeat(64), signatures: [], size: 0 }],
    '2026-01-05T08:00:00Z',
  )
  const { bytes } = entries[0]!
  const checkpoint = signCheckpoint({ origin, size: 1, root: leafHash(bytes) }, seed(1), origin)
  const receipt = (change: Partial<Parameters<typeof formatReceipt>[0]> = {}) =>
    formatReceipt({ index: 0, proof: [], checkpoint, ...change })
  const verified = (text: string) => said(() => verifyReceipt(bytes, text, policy))

  it('say where they are wrong', () => {
    expect(verified(receipt())).toBe('yes')
    expect(verified(receipt({ proof: [root] }))).toBe(
      'receipt: the proof does not lead from the entry to the root',
    )
    expect(verified(receipt({ index: 1 }))).toBe('receipt index: 1, but the entry says 0')
    expect(said(() => verifyReceipt(utf8('x'), receipt(), policy))).toBe('entry: not JSON')
    const parsed = (text: string) => said(() => parseReceipt(text))
    expect(parsed(receipt({ index: limits.entries - 1 }))).toBe('yes')
    expect(parsed(receipt({ index: limits.entries }))).toMatch(/^receipt index: not a number/)
    expect(parsed(receipt().replace('index 0\n', 'index 0\nAAAA\n'))).toBe('receipt hash 1: not 32 bytes')
    expect(parsed(receipt({ proof: [root] }).replace('\n\n', '\nAAAA\n\n'))).toBe(
      'receipt hash 2: not 32 bytes',
    )
    expect(parsed(receipt({ proof: Array.from({ length: 64 }, () => root) }))).toBe('yes')
    expect(parsed(receipt({ proof: Array.from({ length: 65 }, () => root) }))).toBe(
      'receipt: too many hashes',
    )
    expect(parsed('c2sp.org/tlog-proof@v1\n\nx')).toBe('receipt: no index in the second line')
    expect(parsed('\n\nx')).toMatch(/^receipt: not a /)
    expect(parsed(receipt({ checkpoint: 'x'.repeat(2 * limits.noteBytes) }))).toBe('receipt: too long')
    const rest = receipt({ checkpoint: '' }).length
    expect(parsed(receipt({ checkpoint: 'x'.repeat(2 * limits.noteBytes - rest) }))).toBe('yes')
    expect(parsed(receipt({ checkpoint: 'x'.repeat(2 * limits.noteBytes - rest + 1) }))).toBe(
      'receipt: too long',
    )
  })
})
