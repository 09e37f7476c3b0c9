import { readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { boardKey, sha256, utf8 } from '@cista/board'
import { describe, expect, it } from 'vitest'
import { parseSource } from '../cli/source.js'
import { originOf, readManifest } from '../src/index.js'

const path = (relative: string) => fileURLToPath(new URL(`../../../${relative}`, import.meta.url))
const guide = readFileSync(path('docs/guides/organiser.md'), 'utf8')

describe('the guide for organisers', () => {
  it('has a manifest that can be used as it is', () => {
    const [, yaml] = /```yaml\n(title: .*?)```/s.exec(guide)!
    const { tree, report } = parseSource(yaml!, 'guide')
    const made = readManifest(tree, boardKey(sha256(utf8('a board of tests')), originOf(tree)!))
    expect('faults' in made ? report(made.faults) : []).toEqual([])
    expect(made).toMatchObject({ manifest: { threshold: 2, contests: [{}, {}, {}] } })
  })

  it('quotes what our programs say', () => {
    const folders = ['server/src', 'protocol/src', 'organiser/src', 'organiser/cli', 'terminal/src']
    const sources = folders.flatMap((folder) =>
      readdirSync(path(`packages/${folder}`), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => readFileSync(path(`packages/${folder}/${file}`), 'utf8')),
    )
    const said = sources.join('\n').replaceAll(/\$\{[^}]*\}/g, '…')
    const [, table] = /## What can go wrong\n(.*)/s.exec(guide)!
    const quoted = [...table!.matchAll(/^\| `([^`]*)`/gm)].map(([, text]) => text!)
    expect(quoted.length).toBeGreaterThan(5)
    for (const text of quoted) expect(said).toContain(text)
  })
})
