import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { filesBelow, read } from '../../../test/files.js'
import { buildPages } from '../build/pages.js'
import { languages } from '../src/text/languages.js'

const files = await buildPages()
const content = (path: string): string => files.get(path) ?? expect.fail(`${path} is not built`)
const hashOf = (path: string) => `sha256-${createHash('sha256').update(content(path)).digest('base64')}`
const pages = [...files.keys()].filter((path) => path.endsWith('.html'))

it('gives the same bytes again', async () => expect(await buildPages()).toEqual(files))

it('says nothing of the machine that it ran on', () => {
  const told = [...files].filter(([, text]) => text.includes(process.cwd()) || text.includes('node_modules'))
  expect(told.map(([path]) => path)).toEqual([])
})

// What a browser fetches before a code can be typed and looked up: at most 60 KB, which are 61,440 bytes.
describe.each(Object.keys(languages))('the first load of the page for voting in %s', (language) => {
  it('is at most 60 KB, packed', () => {
    const first = ['vote.html', 'assets/style.css', 'assets/vote.js', 'assets/engine-worker.js']
    const sizes = [...first, `texts/vote.${language}.json`].map(
      (path) => gzipSync(content(path), { level: 9 }).length,
    )
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(60 * 1024)
  })
})

describe.each(pages)('%s', (page) => {
  const html = content(page)

  it('runs and shows only files of this build, each held to its hash', () => {
    const named = [...html.matchAll(/<(?:script|link)\b[^>]*?(?:src|href)="([^"]+)"([^>]*)>/g)]
    const loaded = named.filter(([, path]) => path !== 'data:,')
    expect(loaded.length).toBeGreaterThanOrEqual(2)
    for (const [, path, rest] of loaded) expect(rest).toContain(`integrity="${hashOf(path!)}"`)
  })

  it('has a policy, and neither script nor style of its own', () => {
    expect(html).toMatch(/<head>\s*<meta charset="utf-8">\s*<meta http-equiv="Content-Security-Policy"/)
    expect(html).not.toMatch(/<script(?![^>]*src=)|<style|\son\w+=|\sstyle=|javascript:/)
  })

  it('knows the hash of every sentence file and worker that it may fetch', () => {
    const name = page.replace('.html', '')
    const script = content(`assets/${name}.js`)
    if (name === 'vote') expect(script).toContain(hashOf('texts/vote-later.ta.json').slice('sha256-'.length))
    for (const language of Object.keys(languages))
      expect(script).toContain(hashOf(`texts/${name}.${language}.json`).slice('sha256-'.length))
    const known = [...files.keys()].filter((path) => path.endsWith('-worker.js'))
    expect(known.some((path) => script.includes(hashOf(path).slice('sha256-'.length)))).toBe(true)
  })
})

it('makes nothing of strings, and asks nobody else', () => {
  const scripts = [...files].filter(([path]) => path.endsWith('.js'))
  const made = /\beval\(|new Function|insertAdjacentHTML|document\.(?:write|cookie)/
  expect(scripts.filter(([, text]) => made.test(text)).map(([path]) => path)).toEqual([])
  const addresses = scripts.flatMap(([path, text]) =>
    [...text.matchAll(/https?:\/\/[\w.-]+/g)].map(([address]) => `${path}: ${address}`),
  )
  expect(addresses.filter((address) => !address.endsWith('http://www.w3.org'))).toEqual([])
  const sources = filesBelow('packages/web/src').filter((path) => /\.tsx?$/.test(path))
  expect(sources.length).toBeGreaterThan(40)
  expect(sources.filter((path) => /innerHTML|InnerHTML|cssText|style=/.test(read(path)))).toEqual([])
})
