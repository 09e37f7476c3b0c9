import { compileDefinition, credentialOf, defineElection, parseCode } from '@cista/protocol'
import { Failure } from '@cista/terminal'
import { manifestBytes, testKeys, testManifest } from '@cista/testkit'
import { describe, expect, it } from 'vitest'
import { ownerOf, parseCodes, writeCodes } from '../cli/codes.js'
import { invitations } from '../cli/invitations.js'
import { readPeople } from '../cli/people.js'
import { decodeRoll, encodeRoll, issueCredentials, rollChunks, rollOf } from '../src/index.js'

const one = defineElection(manifestBytes(testManifest(testKeys('people'))))
const styles = [
  { contests: ['question'], id: 'north' },
  { contests: ['question'], id: 'south' },
]
const two = defineElection(
  manifestBytes(
    testManifest(testKeys('people'), {
      styles,
      units: [{ contest: 'question', id: 'all', styles: ['north', 'south'] }],
    }),
  ),
)

function faultsOf(text: string, definition = one): readonly string[] {
  try {
    readPeople(text, 'p.csv', definition)
    return []
  } catch (error) {
    if (error instanceof Failure) return [...error.details, error.message]
    throw error
  }
}

describe('people', () => {
  it('need a name, and have the only style and the weight 1', () => {
    expect(readPeople('\ufeffname\r\n"Lee, Ann"\r\nBo\r\n', 'p.csv', one)).toEqual([
      { name: 'Lee, Ann', style: 'all', weight: 1 },
      { name: 'Bo', style: 'all', weight: 1 },
    ])
  })

  it('may have ids, styles and weights, in any order of columns', () => {
    expect(readPeople('weight,id,style,name\n3,a1,north,Bo\n1,a2,south,Bo\n', 'p.csv', two)).toEqual([
      { id: 'a1', name: 'Bo', style: 'north', weight: 3 },
      { id: 'a2', name: 'Bo', style: 'south', weight: 1 },
    ])
  })

  it.each([
    ['', /p\.csv is empty/],
    ['name\n', /nobody is in it/],
    ['id\n1\n', /^p\.csv:1:1: there is no column “name”/],
    ['name,wieght\nBo,1\n', /^p\.csv:1:2: no column “wieght” here/],
    ['name,name\nBo,Bo\n', /^p\.csv:1:2: column “name” twice/],
    ['name;style\nBo;all\n', /separated by commas/],
    ['name\nBo\nAda\nBo\n', /^p\.csv:4:1: “Bo” is on line 2 already: .*column “id”/],
    ['id,name\n1,Bo\n1,Ada\n', /^p\.csv:3:1: “1” is on line 2 already$/],
    ['id,name\n,Bo\n', /^p\.csv:2:1: no id/],
    ['name,weight\n,1\n', /^p\.csv:2:1: no name/],
    ['name,weight\nBo\n', /^p\.csv:2:1: 1 cell instead of 2/],
    ['name\nBo,1\n', /^p\.csv:2:1: 2 cells instead of 1/],
    ['name,weight\nBo,0\n', /^p\.csv:2:2: “0” is no weight/],
    ['name,weight\nBo,1.5\n', /^p\.csv:2:2: “1\.5” is no weight/],
    ['name,weight\nBo,-1\n', /^p\.csv:2:2: “-1” is no weight/],
    ['name,weight\nBo,1e3\n', /^p\.csv:2:2: “1e3” is no weight/],
    ['name,weight\nBo,\n', /^p\.csv:2:2: “” is no weight/],
    ['name,weight\nBo,600\nAda,600\n', /a total weight of 1200, but the manifest allows 1000/],
    ['name,style\nBo,east\n', /^p\.csv:2:2: no ballot style “east”/],
    ['name\n"Bo\nX"\n', /^p\.csv:3:1: a line break/],
    ['name\n"Bo\n', /^p\.csv:\d+: /],
  ])('%j is refused', (text, fault) => {
    expect(faultsOf(text)).toContainEqual(expect.stringMatching(fault))
  })

  it('need a style where there are several', () => {
    expect(faultsOf('name\nBo\n', two)).toContainEqual(expect.stringMatching(/there is no column “style”/))
  })

  it('are refused for everything that is wrong, at once', () => {
    expect(faultsOf('name,weight\nBo,0\nBo,x\n,1\n').length - 1).toBe(4)
  })
})

describe('codes', () => {
  const people = readPeople('name,weight\nBo,2\n=1+1,1\n"@x, y",1\n-Q,1\n', 'p.csv', one)
  const issued = issueCredentials(one, people)
  const csv = writeCodes(issued)

  it('belong to this election only, and give the key on the roll', () => {
    const other = compileDefinition('0'.repeat(64), one.manifest)
    for (const { code, key } of issued) {
      expect(parseCode(one.id, code)).toEqual({ code })
      expect(parseCode(other.id, code)).toHaveProperty('fault')
      expect(credentialOf(one.id, code).key).toBe(key)
    }
    expect(new Set(issued.map((i) => i.code)).size).toBe(4)
  })

  it('are listed so that no spreadsheet computes a name', () => {
    const [header, ...rows] = csv.trimEnd().split('\n')
    expect(header).toBe('name,code')
    expect(rows.map((row) => row.slice(0, row.lastIndexOf(',')))).toEqual(['Bo', "'=1+1", `"'@x, y"`, "'-Q"])
  })

  it('are found by name or id, never by guess', () => {
    const file = parseCodes(csv, 'c.csv')
    for (const { person, code } of issued) expect(ownerOf(file, person.name)?.codes).toEqual([code])
    expect(ownerOf(file, 'Cy')).toBeUndefined()
    expect(ownerOf(file, issued[0]!.code)).toBeUndefined()
    const twins = issueCredentials(one, readPeople('name,id\nBo,1\nBo,2\n', 'p.csv', one))
    const both = parseCodes(writeCodes(twins), 'c.csv')
    expect(() => ownerOf(both, 'Bo')).toThrow('give the id')
    expect(ownerOf(both, '2')).toEqual({ name: 'Bo', id: '2', codes: [twins[1]!.code] })
  })

  it('of one person may be several, the newest last', () => {
    const file = parseCodes('code,name,id\nA,Bo,1\nB,Cy,2\nC,Bo,1\n', 'c.csv')
    expect(ownerOf(file, 'Bo')?.codes).toEqual(['A', 'C'])
  })

  it.each(['', 'name\nBo\n', 'name;code\nBo;A\n', 'Bo,A\n'])('are not in %j', (text) => {
    expect(() => parseCodes(text, 'c.csv')).toThrow('c.csv is no file of codes')
  })
})

describe('invitations', () => {
  const issued = issueCredentials(one, readPeople('name,id\n"Bo, jr",1\n=Cy,2\n', 'p.csv', one))
  const csv = writeCodes(issued)

  it('lead to the page, with the code where no server sees it, and have the newest code of each person', () => {
    const [again] = issueCredentials(one, readPeople('name\nBo\n', 'p.csv', one))
    const codes = parseCodes(`${csv}"Bo, jr",1,${again!.code}\n`, 'c.csv')
    const link = (code: string) => `https://vote.example.org/vote.html?election=${one.id}#${code}`
    expect(invitations(one, codes, 'https://vote.example.org/')).toEqual([
      'name,id,code,election,link',
      `"Bo, jr",1,${again!.code},${one.id},${link(again!.code)}`,
      `'=Cy,2,${issued[1]!.code},${one.id},${link(issued[1]!.code)}`,
    ])
  })

  it('are not made of codes for another election', () => {
    const other = compileDefinition('0'.repeat(64), one.manifest)
    expect(() => invitations(other, parseCodes(csv, 'c.csv'), 'https://vote.example.org')).toThrow(
      'c.csv: the code of “Bo, jr” is not one for this election',
    )
  })
})

describe('the roll file', () => {
  const people = Array.from({ length: 600 }, (_, i) => ({
    name: `Voter ${i}`,
    style: 'all',
    weight: 1 + (i % 3),
  }))
  const keys = people.map((person, i) => ({ person, code: '', key: `${(i * 7919) % 600}`.padStart(64, '0') }))
  const roll = rollOf(one, keys)

  it('holds only key, style and weight, in order of the keys', () => {
    expect(roll.credentials.map((c) => Object.keys(c).sort().join())).toEqual(
      people.map(() => 'key,style,weight'),
    )
    const sorted = roll.credentials.map((c) => c.key)
    expect(sorted).toEqual([...sorted].sort())
    expect(new TextDecoder().decode(encodeRoll(roll))).not.toContain('Voter')
  })

  it('is read as it was written, and only so', () => {
    expect(decodeRoll(encodeRoll(roll))).toEqual(roll)
    expect(() => decodeRoll(new TextEncoder().encode('{"credentials":[],"election":""}'))).toThrow('roll')
  })

  it('goes up in chunks of 256', () => {
    const chunks = rollChunks(roll.credentials)
    expect(chunks.map((c) => c.length)).toEqual([256, 256, 88])
    expect(chunks.flat()).toEqual(roll.credentials)
    expect(rollChunks([])).toEqual([])
  })
})
