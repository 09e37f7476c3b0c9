import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from '@formatjs/icu-messageformat-parser'
import { describe, expect, it } from 'vitest'
import { filesBelow } from '../../../test/files.js'
import { languagesIn, readMessages } from '../build/texts.js'
import { languages } from '../src/text/languages.js'

const folder = fileURLToPath(new URL('../src/text/messages', import.meta.url))
const english = readMessages(folder, 'en')
const allOf = (messages: typeof english) =>
  Object.entries(messages).flatMap(([page, sentences]) =>
    Object.entries(sentences).map(([name, text]) => ({ name: `${page}.${name}`, text })),
  )

/** Names and kinds of what is filled in. */
function holes(message: string): string[] {
  const found = new Set<string>()
  const walk = (elements: ReturnType<typeof parse>) => {
    for (const element of elements) {
      if ('value' in element && element.type !== 0) found.add(`${element.value} ${element.type}`)
      if ('options' in element) for (const { value } of Object.values(element.options)) walk(value)
    }
  }
  walk(parse(message, { ignoreTag: true }))
  return [...found].sort()
}

it('has a file for each language, and no other', () =>
  expect(languagesIn(folder)).toEqual(Object.keys(languages).sort()))

describe.each(Object.keys(languages))('%s', (language) => {
  const messages = readMessages(folder, language)

  it('has every sentence and no other, in the order of the English file', () =>
    expect(allOf(messages).map(({ name }) => name)).toEqual(allOf(english).map(({ name }) => name)))

  it('fills in what the English sentence fills in', () => {
    const wanted = new Map(allOf(english).map(({ name, text }) => [name, holes(text)]))
    const wrong = allOf(messages).filter(
      ({ name, text }) => JSON.stringify(holes(text)) !== JSON.stringify(wanted.get(name)),
    )
    expect(wrong).toEqual([])
  })

  it('has every case of a plural that the language asks for', () => {
    const asked = new Intl.PluralRules(language).resolvedOptions().pluralCategories
    const lacking = allOf(messages).filter(({ text }) =>
      parse(text, { ignoreTag: true }).some(
        (element) =>
          'pluralType' in element &&
          asked.some((category) => category !== 'many' && element.options[category] === undefined),
      ),
    )
    expect(lacking).toEqual([])
  })

  it('leaves nothing in English', () => {
    if (language === 'en') return
    const own = new Map(allOf(messages).map(({ name, text }) => [name, text]))
    const same = allOf(english).filter(({ name, text }) => own.get(name) === text && /[a-z]{4}/.test(text))
    expect(same).toEqual([])
  })
})

// A page has the sentences that its sources name, so that none is lacking and none travels for nothing.
describe.each(Object.keys(english).filter((page) => page !== 'common' && !page.endsWith('-later')))(
  '%s',
  (page) => {
    const src = fileURLToPath(new URL('../src', import.meta.url))
    const reached = new Set<string>()
    const visit = (path: string) => {
      if (reached.has(path)) return
      reached.add(path)
      for (const [, other] of readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)\.js'/g)) {
        const base = join(path, '..', other!)
        const next = [`${base}.ts`, `${base}.tsx`].find((file) => allFiles.has(file))
        if (next !== undefined) visit(next)
      }
    }
    const allFiles = new Set(filesBelow('packages/web/src').map((file) => join(src, '../../..', file)))
    visit(join(src, page, 'main.tsx'))
    const code = [...reached].map((path) => readFileSync(path, 'utf8')).join('\n')
    const own = { ...english[page], ...english[`${page}-later`] }
    const sentences = { ...english['common'], ...own }

    it('has each sentence that its code names', () => {
      const named = [...code.matchAll(/\bt\(\s*'([\w-]+)'/g)].map(([, name]) => name!)
      expect(named.length).toBeGreaterThan(10)
      expect([...new Set(named)].filter((name) => sentences[name] === undefined)).toEqual([])
    })

    it('has none that its code cannot name', () => {
      const quoted = new Set([...code.matchAll(/'([\w-]+)'|text="([\w-]+)"/g)].map(([, a, b]) => a ?? b!))
      const patterns = [...code.matchAll(/\bt\(`([\w-]*)\$\{[^}]+\}([\w-]*)`/g)].map(
        ([, before, after]) => new RegExp(`^${before}[\\w-]+${after}$`),
      )
      const idle = Object.keys(own).filter(
        (name) =>
          !quoted.has(name) &&
          !patterns.some((pattern) => pattern.test(name)) &&
          // What has a title is named by the kind of thing that it says.
          sentences[`${name}_title`] === undefined,
      )
      expect(idle).toEqual([])
    })
  },
)
