import { DecodeError, decodeDocument, encodeDocument, fromHex, utf8 } from '@cista/board'
import { ristretto255 as g } from '@cista/crypto'
import { lockState, newTrustee, prepareDeal, prepareJoin, trusteeKey, unlockState } from '@cista/trustee'
import { Decrypter } from 'age-encryption'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { openShare, sealShare } from '../src/shares.js'
import { stateCodec } from '../src/state.js'
import { Trustees } from './support.js'

const cheap = 2

describe('the state', () => {
  it('starts with a key of its own and nothing else', () => {
    const [a, b] = [newTrustee('Ada'), newTrustee('Ada')]
    expect(trusteeKey(a)).not.toBe(trusteeKey(b))
    expect(g.decode(fromHex(trusteeKey(a)))).toBeDefined()
    expect(a.elections).toEqual({})
    expect(() => newTrustee('')).toThrow(DecodeError)
    expect(() => newTrustee('Ada\u202e')).toThrow(DecodeError)
  })

  it('comes back whole from its file', async () => {
    const t = await new Trustees().step(prepareJoin)
    await t.take(1, prepareDeal)
    const file = await lockState(t.state(1), 'correct horse', cheap)
    expect(await unlockState(file, 'correct horse')).toEqual({ state: t.state(1) })
  })

  it('is an age file that other tools open', async () => {
    const state = newTrustee('Ada')
    const decrypter = new Decrypter()
    decrypter.addPassphrase('correct horse')
    const text = await decrypter.decrypt(await lockState(state, 'correct horse', cheap), 'text')
    expect(JSON.parse(text)).toEqual(state)
  })

  it('says whether the passphrase is wrong or the file', async () => {
    const file = await lockState(newTrustee('Ada'), 'correct horse', cheap)
    expect(await unlockState(file, 'wrong')).toMatchObject({ fault: 'passphrase' })
    expect(await unlockState(file.slice(0, -1), 'correct horse')).toMatchObject({ fault: 'damaged' })
    expect(await unlockState(utf8('hello'), 'correct horse')).toMatchObject({ fault: 'damaged' })
  })

  it.each([
    ['0'.repeat(64), 'the key 0'],
    ['f'.repeat(64), 'not a canonical scalar'],
  ])('refuses the signing key %s', (secret, why) => {
    expect(() => encodeDocument(stateCodec, { ...newTrustee('Ada'), secret })).toThrow(why)
  })

  it('refuses an attempt twice and fields it does not know', async () => {
    const t = await new Trustees().step(prepareJoin)
    const state = t.state(1)
    const own = state.elections[t.id]!
    const twice = { ...state, elections: { [t.id]: { attempts: [...own.attempts, ...own.attempts] } } }
    expect(() => encodeDocument(stateCodec, twice)).toThrow('an attempt twice')
    const more = utf8(JSON.stringify({ ...newTrustee('Ada'), share: '00' }))
    expect(() => decodeDocument(stateCodec, more, 'state')).toThrow(DecodeError)
  })
})

describe('a share’s file', () => {
  it('opens for its recipient only, and is refused when any byte changes', async () => {
    const t = await new Trustees().step(prepareJoin)
    await t.step(prepareDeal)
    const { attempt } = t.simulation.course.phase
    const dealt = attempt.dealt.get(1)!
    const own = t.state(2).elections[t.id]!.attempts[0]!
    const other = t.state(3).elections[t.id]!.attempts[0]!
    const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'base64url'))
    const [file, commitments] = [bytes(dealt.shares[1]!), bytes(dealt.commitments)]
    expect(await openShare(file, own.identity, commitments, 2)).toHaveProperty('share')
    expect(await openShare(file, other.identity, commitments, 2)).toHaveProperty('why')
    expect(await openShare(file, own.identity, commitments, 3)).toEqual({
      why: 'does not fit the commitments',
    })
    await fc.assert(
      fc.asyncProperty(fc.nat(file.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bad = file.slice()
        bad[at]! ^= change
        expect(await openShare(bad, own.identity, commitments, 2)).toHaveProperty('why')
      }),
      { numRuns: 40, seed: 20261123 },
    )
    for (const bad of [file.slice(1), Uint8Array.of(...file, 0), new Uint8Array()])
      expect(await openShare(bad, own.identity, commitments, 2)).toEqual({
        why: 'is not an age file for one recipient',
      })
  })

  it('is not made for what is no recipient', async () => {
    expect(await sealShare(1n, 'age1nothing')).toBeUndefined()
    expect(await sealShare(1n, `age1${'q'.repeat(58)}`)).toBeUndefined()
  })
})
