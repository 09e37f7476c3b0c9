import { readFileSync } from 'node:fs'
import { MemoryRecord } from '@cista/board'
import { entryKinds, limits } from '@cista/protocol'
import { checklist, findingCodes, verifyRecord } from '@cista/verifier'
import { describe, expect, it } from 'vitest'
import { filesBelow, read, root } from './files.js'

const page = (name: string) => read(`docs/spec/${name}.md`)
const example = 'docs/spec/example'
const election = /^election id {2}([0-9a-f]{64})$/m.exec(page('README'))![1]!

describe('the specification', () => {
  it('has an example that verifies', async () => {
    const record = new MemoryRecord(
      filesBelow(example).map((path) => [
        path.slice(example.length + 1),
        new Uint8Array(readFileSync(`${root}${path}`)),
      ]),
    )
    const report = await verifyRecord(record, { election })
    expect(report.checks.flatMap((check) => check.findings)).toEqual([])
    expect(report.verdict).toBe('verified')
  })

  it.each(checklist)('names every finding of $id, and no other', ({ id, title }) => {
    const checks = page('09-verification')
    const section = new RegExp(`^## ${id} .*?(?=^## )`, 'ms').exec(checks)![0]
    const named = new Set([...section.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`/g)].map(([, code]) => code))
    const codes: readonly string[] = findingCodes[id]
    expect([...named].sort()).toEqual([...codes].sort())
    expect(checks).toContain(`| ${id} | ${title} |`)
  })

  it('tables every kind of entry and its largest payload', () => {
    const [entries, encodings] = [page('07-entries'), page('02-notation-and-encodings')]
    for (const kind of entryKinds) {
      expect(entries).toMatch(new RegExp(`^### .*\\b${kind}\\b`, 'm'))
      const row = encodings.split('\n').find((line) => line.startsWith('| `') && line.includes(`\`${kind}\``))
      expect(row).toContain(`| ${limits.payloadBytes[kind].toLocaleString('en')} `)
    }
  })
})
