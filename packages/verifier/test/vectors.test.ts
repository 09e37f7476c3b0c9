import { expectedOf, loadVector, vectorFolders } from '@cista/testkit'
import { type CheckId, checklist, findingCodes, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

// The records in docs/spec/vectors, which testkit makes and verifiers in other languages read as well.
const folders = vectorFolders()
const attacks = folders.filter((folder) => folder.startsWith('attacks/'))
const codeOf = (folder: string) => folder.split('/')[1]!
const trippedBy = (code: string): CheckId =>
  checklist.find(({ id }) => (findingCodes[id] as readonly string[]).includes(code))!.id

/** Where the findings of each check are: people look there. The one stray file is readme.txt. */
const places: Readonly<Record<CheckId, RegExp>> = {
  V1: /^(checkpoint|payloads\/\S+|entry 0|manifest([.[]\S+)?)$/,
  V2: /^(checkpoint( signature \d)?|earlier checkpoint|entry \d+|(payloads|tile)\/\S+|readme\.txt)$/,
  V3: /^entry \d+ \([a-z-]+\)$/,
  V4: /^entry \d+ \((opened|trustee-dealt)\)$/,
  V5: /^entry \d+ \((roll|roll-sealed|roll-changed|cancelled)\)$/,
  V6: /^entry \d+ \(ballot\)( signature| contests\[\d+\](\.ciphertexts)?)?$/,
  V7: /^tallied( unit [a-z-]+)?$/,
  V8: /^tallied unit [a-z-]+$/,
  V9: /^(entry \d+ \(decrypted\)|result)$/,
  V10: /^result unit [a-z-]+( output \d+)?$/,
}

describe('elections', () => {
  it.each(folders.filter((folder) => folder.startsWith('elections/')))('%s', async (folder) => {
    const { record, options, expected } = loadVector(folder)
    const report = await verifyRecord(record, options)
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    expect(expectedOf(report, expected.about, expected.given)).toEqual(expected)
  })
})

describe('attacks', () => {
  it.each(attacks)('%s', async (folder) => {
    const { record, options, expected } = loadVector(folder)
    const report = await verifyRecord(record, options)
    const trips = trippedBy(codeOf(folder))
    const failed = report.checks.filter((check) => check.status === 'failed')
    expect(failed.map((check) => check.id)).toEqual([trips])
    expect(failed[0]!.findings.map((finding) => finding.code)).toContain(codeOf(folder))
    for (const { at } of failed[0]!.findings) expect(at).toMatch(places[trips])
    expect(report.verdict).toBe('refuted')
    expect(report.results).toEqual([])
    expect(expectedOf(report, expected.about, expected.given)).toEqual(expected)
  })

  it('leave no check and no code untried', () => {
    const tried = new Set(attacks.map(codeOf))
    const codes = checklist.flatMap(({ id }) => findingCodes[id] as readonly string[])
    expect(codes.filter((code) => !tried.has(code))).toEqual([])
    expect([...tried].filter((code) => !codes.includes(code))).toEqual([])
  })
})
