import { utf8 } from '@cista/board'
import type { PayloadOf } from '@cista/protocol'
import { type Attack, type Attacker, after, attack, bend, change, controlOf, exhibit } from './attack.js'
import { smallest, yes } from './elections.js'
import { signed } from './signing.js'

/** Behind `opened`, bytes that the course of the election knows nothing of. */
const strange = (kind: string, text: string): Attacker =>
  after('opened', (s) => {
    const bytes = utf8(text)
    s.append(kind, bytes, [signed(s, 'administrator-1', s.keys.administrators[0]!.secret, kind, bytes)])
  })
export const payloadAttacks: readonly Attack[] = [
  bend('ENTRY_KIND', 'a kind of entry that nobody knows', smallest, strange('gossip', '{}')),
  bend(
    'ENTRY_PAYLOAD',
    'a payload with a space in it',
    smallest,
    strange('notice', '{"sequence":0, "text":"Hello"}'),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a payload with a key twice',
    smallest,
    strange('notice', '{"sequence":0,"sequence":0,"text":"Hello"}'),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a payload with keys in another order',
    smallest,
    strange('notice', '{"text":"Hello","sequence":0}'),
  ),
  bend('ENTRY_PAYLOAD', 'a payload that is no JSON at all', smallest, strange('notice', 'Hello')),
  bend('ENTRY_PAYLOAD', 'a payload nested without end', smallest, strange('notice', '['.repeat(16_000))),
  bend(
    'ENTRY_PAYLOAD',
    'a number that JSON would round',
    smallest,
    strange('notice', '{"sequence":9007199254740993,"text":"Hello"}'),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a payload longer than its kind may be',
    smallest,
    strange('notice', `{"sequence":0,"text":"${'a'.repeat(16_400)}"}`),
  ),
  ...(
    [
      ['a zero with a sign', '{"sequence":-0,"text":"Hello"}'],
      ['a number with an exponent', '{"sequence":0e0,"text":"Hello"}'],
      ['a text for a number', '{"sequence":"0","text":"Hello"}'],
      ['a payload behind a byte order mark', '\ufeff{"sequence":0,"text":"Hello"}'],
      ['a payload with something behind it', '{"sequence":0,"text":"Hello"}\n'],
      ['a payload with half a character', '{"sequence":0,"text":"\\ud800"}'],
    ] as const
  ).map(([name, text]) => bend('ENTRY_PAYLOAD', name, smallest, strange('notice', text))),
  bend(
    'ENTRY_PAYLOAD',
    'a key that JavaScript takes for its own',
    smallest,
    strange('page-changed', `{"page":{"__proto__":"${'ab'.repeat(32)}"},"reason":"new","sequence":0}`),
  ),
  // Share 0 is the secret itself, and an index one order further is the same share again.
  ...(
    [
      ['a trustee of index 0', '0'],
      ['a trustee whom the manifest does not have', '4'],
      ['a trustee of index −1', '-1'],
      ['a trustee between two others', '1.5'],
      ['a trustee’s index as a text', '"1"'],
      ['a trustee’s index with a zero before it', '01'],
      ['a trustee’s index that wraps round', '4294967297'],
    ] as const
  ).map(([name, index]) =>
    bend(
      'ENTRY_PAYLOAD',
      name,
      smallest,
      after('trustee-joined', (s) => {
        const [commitment, recipient] = ['cd'.repeat(32), `age1${'q'.repeat(58)}`]
        const bytes = utf8(
          `{"attempt":1,"commitment":"${commitment}","index":${index},"recipient":"${recipient}","sequence":0}`,
        )
        s.append('trustee-joined', bytes, [
          signed(s, 'trustee-1', s.keys.trustees[0]!.secret, 'trustee-joined', bytes),
        ])
      }),
    ),
  ),
  ...(
    [
      ['a tracker cut short', /"replaces":"0{64}"/, `"replaces":"${'0'.repeat(32)}"`],
      ['a ballot with an option left out', /("ciphertexts":".{85}).{86}/, '$1'],
      ['a ballot of a style that there is not', /"style":"all"/, '"style":"other"'],
    ] as const
  ).map(([name, from, to]) =>
    bend('ENTRY_PAYLOAD', name, smallest, {
      ...after('opened', (s) => {
        const text = new TextDecoder().decode(s.seal(1, { question: yes }).payload)
        const bytes = utf8(text.replace(from, to))
        s.append('ballot', bytes, [signed(s, 'credential', s.credential(1).secret, 'ballot', bytes)])
      }),
      ...countsOneMore(),
    }),
  ),
  attack('ENTRY_PAYLOAD', 'a result of a contest more than there are', controlOf(smallest), async () => {
    const s = (await (await smallest({ stops: true })).tally()).decrypt(1).decrypt(2)
    const unit = '{"totals":[1,0],"unit":"question","withheld":false}'
    s.append('result', utf8(`{"units":[${unit},${unit}]}`), [])
    return exhibit(s)
  }),
  attack('ENTRY_PAYLOAD', 'a total less than nothing', controlOf(smallest), async () => {
    const s = (await (await smallest({ stops: true })).tally()).decrypt(1).decrypt(2)
    s.append('result', utf8('{"units":[{"totals":[2,-1],"unit":"question","withheld":false}]}'), [])
    return exhibit(s)
  }),
  bend('ENTRY_PAYLOAD', 'a ballot for another election', smallest, {
    ...after('opened', (s) => {
      const text = new TextDecoder().decode(s.seal(1, { question: yes }).payload)
      const bytes = utf8(text.replace(s.definition.id, '0'.repeat(64)))
      s.append('ballot', bytes, [signed(s, 'credential', s.credential(1).secret, 'ballot', bytes)])
    }),
    ...countsOneMore(),
  }),
  bend('ENTRY_PAYLOAD', 'a ballot with one contest too many', smallest, {
    ...after('opened', (s) => {
      const value = JSON.parse(
        new TextDecoder().decode(s.seal(1, { question: yes }).payload),
      ) as PayloadOf<'ballot'>
      const text = JSON.stringify({ ...value, contests: [...value.contests, ...value.contests] })
      const bytes = utf8(text)
      s.append('ballot', bytes, [signed(s, 'credential', s.credential(1).secret, 'ballot', bytes)])
    }),
    ...countsOneMore(),
  }),
  bend(
    'ENTRY_PAYLOAD',
    'a dealing of a higher degree than the threshold',
    smallest,
    dealing(({ commitments }) => ({ commitments: commitments + 'A'.repeat(43) })),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a dealing of a lower degree than the threshold',
    smallest,
    dealing(({ commitments }) => ({ commitments: commitments.slice(0, 43) })),
  ),
  bend(
    'ENTRY_PAYLOAD',
    'a dealing with a share for one trustee less',
    smallest,
    dealing(({ shares }) => ({ shares: shares.slice(1) })),
  ),
]

/** Another dealing of trustee 1, which no codec would encode. */
function dealing(to: (value: PayloadOf<'trustee-dealt'>) => Partial<PayloadOf<'trustee-dealt'>>): Attacker {
  return after('trustee-dealt', (s) => {
    const value = JSON.parse(new TextDecoder().decode(s.log.at(-1)!.bytes)) as PayloadOf<'trustee-dealt'>
    const bytes = utf8(JSON.stringify({ ...value, ...to(value), sequence: 2 }))
    s.append('trustee-dealt', bytes, [
      signed(s, 'trustee-1', s.keys.trustees[0]!.secret, 'trustee-dealt', bytes),
    ])
  })
}

/** `closed` counts a ballot that the simulation has not seen. */
function countsOneMore(): Pick<Attacker, 'edit'> {
  const { edit } = change('closed', (value) => ({ ...value, ballots: value.ballots + 1 }))
  return { edit }
}
