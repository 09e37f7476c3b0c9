import { attacks } from '@cista/testkit'
import { checklist, examineRecord, findingCodes, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'

const controls = [...new Set(attacks.map((a) => a.control))]

describe('controls', () => {
  it.each(
    controls.map((control, i) => [attacks.find((a) => a.control === control)!.name, control, i] as const),
  )('verifies what “%s” corrupts', async (_, control) => {
    const { record, options } = await control()
    const { report } = await examineRecord(record, options)
    expect(report.checks.flatMap((c) => c.findings)).toEqual([])
    const passed = report.checks.filter((c) => c.status === 'passed').map((c) => c.id)
    for (const { trips } of attacks.filter((a) => a.control === control)) expect(passed).toContain(trips)
  })
})

describe.each(checklist.map(({ id, title }) => ({ id, title })))('$id $title', ({ id }) => {
  it.each(attacks.filter((a) => a.trips === id))('$code: $name', async ({ code, trips, make }) => {
    const { record, options } = await make()
    const report = await verifyRecord(record, options)
    const at = report.checks.findIndex((c) => c.id === trips)
    const failed = report.checks.filter((c) => c.status === 'failed').map((c) => c.id)
    const found = report.checks.flatMap((c) => c.findings)
    expect(failed).toEqual([trips])
    expect(found.map((f) => f.code)).toContain(code)
    expect(report.verdict).toBe('refuted')
    expect(report.results).toEqual([])
    for (const later of report.checks.slice(at + 1))
      expect(later.status).toMatch(/^(passed|not-run|not-reached)$/)
  })
})

it('leaves no check and no code without an attack', () => {
  const tried = new Set(attacks.map((a) => a.code))
  for (const { id } of checklist)
    for (const code of findingCodes[id]) expect(tried, `${id} ${code}`).toContain(code)
})
