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

describe('sections of the specification and the files that implement them', () => {
  // “05 Entry”: the page's number, then the heading without marks.
  const sections = filesBelow('docs/spec')
    .filter((path) => /^docs\/spec\/\d\d-.*\.md$/.test(path))
    .flatMap((path) =>
      [...read(path).matchAll(/^## (.*)\n\n(.*)$/gm)].map(([, heading, line]) => ({
        name: `${path.slice('docs/spec/'.length, 'docs/spec/'.length + 2)} ${heading!.replaceAll('`', '')}`,
        files: line!.startsWith('*Files:* ')
          ? [...line!.matchAll(/`([^`]*)`/g)].map(([, file]) => file!)
          : [],
      })),
    )
  const sources = filesBelow('packages').filter((path) => /^packages\/[a-z]+\/src\/.*\.ts$/.test(path))
  const implemented = sources.flatMap((path) => {
    const [, named] = /^\/\/ Specification: (.*)\n/.exec(read(path)) ?? []
    const file = path.slice('packages/'.length)
    return named === undefined ? [] : named.split(' · ').map((section) => `${section}: ${file}`)
  })

  it('name each other', () => {
    const named = sections.flatMap(({ name, files }) => files.map((file) => `${name}: ${file}`))
    expect(named.sort()).toEqual(implemented.sort())
  })

  it('leave none without the other', () => {
    const silent = sections.filter(({ files }) => files.length === 0).map(({ name }) => name)
    // What these say is for people, or follows from other sections.
    expect(silent).toEqual([
      '01 The election id',
      '01 One election from beginning to end',
      '04 Sizes',
      '04 What is not built',
      '06 What it does not promise',
    ])
    const orphans = sources.filter(
      (path) =>
        /^packages\/(crypto|board|protocol|verifier)\//.test(path) &&
        !path.endsWith('/src/index.ts') &&
        !read(path).startsWith('// Specification: '),
    )
    expect(orphans).toEqual([])
  })
})
