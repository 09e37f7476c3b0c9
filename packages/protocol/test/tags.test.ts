import {
  contestTag,
  decryptionTag,
  entryKinds,
  noReplaced,
  signatureTag,
  signerKey,
  signerName,
  signers,
  trusteeTag,
} from '@cista/protocol'
import { describe, expect, it } from 'vitest'
import { hash, manifest } from './support.js'

const [a, b] = [hash('a'), hash('b')]
const suite = 'DSFS-with-sigma-proofs_Shake128_ristretto255'

describe('tags', () => {
  it('name purpose, context and suite', () => {
    expect(signatureTag(a, 'roll', 'registrar-1', b)).toBe(
      `CISTA-V01-signature-${a}.roll.registrar-1.${b}-${suite}`,
    )
    expect(trusteeTag(a, 2, 3)).toBe(`CISTA-V01-trustee-${a}.2.3-${suite}`)
    expect(contestTag(a, b, noReplaced, 4)).toBe(`CISTA-V01-contest-${a}.${b}.${noReplaced}.4-${suite}`)
    expect(decryptionTag(a, 5)).toBe(`CISTA-V01-decryption-${a}.5-${suite}`)
  })

  it('are distinct wherever purpose or context are', () => {
    const numbers = [1, 2, 11, 12, 21, 111, 112]
    const by = [
      ...numbers.flatMap((n) => [signerName('administrator', n), signerName('trustee', n)]),
      'credential',
    ]
    const tags = [a, b].flatMap((x) => [
      ...entryKinds.flatMap((kind) => by.flatMap((who) => [a, b].map((p) => signatureTag(x, kind, who, p)))),
      ...numbers.flatMap((n) => numbers.map((m) => trusteeTag(x, n, m))),
      ...numbers.map((n) => decryptionTag(x, n)),
      ...[a, b].flatMap((c) =>
        [a, b, noReplaced].flatMap((r) => [0, ...numbers].map((n) => contestTag(x, c, r, n))),
      ),
    ])
    expect(new Set(tags).size).toBe(tags.length)
  })

  it('can be taken apart again: no field holds the dot that joins them', () => {
    const fields = [...entryKinds, ...Object.values(signers), signerName('registrar', 12)]
    expect(fields.filter((f) => f.includes('.'))).toEqual([])
  })
})

describe('signers', () => {
  const m = manifest()
  it('are found by role and position from 1', () => {
    expect(signerKey(m, 'administrator-2')).toBe(m.administrators.keys[1]!.key)
    expect(signerKey(m, 'registrar-1')).toBe(m.registrars.keys[0]!.key)
    expect(signerKey(m, signerName('trustee', 3))).toBe(m.trustees[2]!.key)
  })

  it('and nowhere else', () => {
    for (const by of [
      'administrator-0',
      'administrator-3',
      'trustee-4',
      'trustee',
      'credential',
      'trustee-01',
      'board-1',
      'xtrustee-1',
      'trustee-1\n',
      'Trustee-1',
      '',
    ])
      expect(signerKey(m, by)).toBeUndefined()
  })
})
