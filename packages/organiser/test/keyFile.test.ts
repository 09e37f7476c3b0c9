import { fromUtf8 } from '@cista/board'
import { Encrypter } from 'age-encryption'
import { describe, expect, it } from 'vitest'
import { lockKey, newKey, unlockKey } from '../src/index.js'

const passphrase = 'correct horse battery'

async function locked(text: string): Promise<Uint8Array> {
  const encrypter = new Encrypter()
  encrypter.setScryptWorkFactor(2)
  encrypter.setPassphrase(passphrase)
  return encrypter.encrypt(text)
}

describe('a key file', () => {
  const key = newKey('registrar', 'Rita Example')

  it('gives the key back to whoever has the passphrase', async () => {
    const file = await lockKey(key, passphrase, 2)
    expect(fromUtf8(file.subarray(0, 21))).toBe('age-encryption.org/v1')
    expect(await unlockKey(file, passphrase)).toEqual({ key })
    expect(await unlockKey(file, 'wrong')).toEqual({ why: 'wrong passphrase' })
  })

  it('is told from other files and from damaged ones', async () => {
    const file = await lockKey(key, passphrase, 2)
    file[file.length - 1]! ^= 1
    expect(await unlockKey(file, passphrase)).toMatchObject({ why: expect.stringContaining('damaged') })
    expect(await unlockKey(new Uint8Array(3), passphrase)).toHaveProperty('why')
  })

  it.each([
    '{}',
    `{"name":"Ada","role":"trustee","secret":"${'01'.padEnd(64, '0')}"}`,
    `{"name":"Ada","role":"registrar","secret":"${'0'.repeat(64)}"}`,
    `{"name":"Ada","role":"registrar","secret":"${'f'.repeat(64)}"}`,
    `{"name":"Ada", "role":"registrar","secret":"${'01'.padEnd(64, '0')}"}`,
  ])('refuses %s inside', async (text) => {
    expect(await unlockKey(await locked(text), passphrase)).toEqual({
      why: 'not a key file of an administrator or registrar',
    })
  })

  it('is made for names that a manifest can hold', () => {
    expect(() => newKey('administrator', ' Ada')).toThrow('name')
    expect(newKey('administrator', 'Ada').key).not.toBe(newKey('administrator', 'Ada').key)
  })
})
