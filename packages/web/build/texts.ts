import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { type MessageFormatElement, TYPE, parse } from '@formatjs/icu-messageformat-parser'
import type { Compiled } from '../src/text/format.js'
import { hashOf } from './hash.js'

/** Sentences by name, by page; those of `common` are on every page, those of `vote-later` follow when the page `vote` is there. */
export type Messages = Readonly<Record<string, Readonly<Record<string, string>>>>

/** For each page and language, the hash of the file with its sentences. */
export type TextHashes = Readonly<Record<string, Readonly<Record<string, string>>>>

export const languagesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => name.slice(0, -'.json'.length))
    .sort()

export const readMessages = (folder: string, language: string): Messages =>
  JSON.parse(readFileSync(join(folder, `${language}.json`), 'utf8')) as Messages

/**
 * An ICU message as the page formats it, so that no parser travels to the voter.
 * @throws {SyntaxError} on what is no ICU message, {TypeError} on parts of ICU that the pages do not know.
 */
export const compile = (message: string): Compiled =>
  parse(message, { ignoreTag: true, requiresOtherClause: true }).map(compileElement)

function compileElement(element: MessageFormatElement): Compiled[number] {
  switch (element.type) {
    case TYPE.literal:
      return element.value
    case TYPE.argument:
      return [element.value, 'value']
    case TYPE.number:
      return [element.value, 'number']
    case TYPE.pound:
      return ['', 'count']
    case TYPE.plural:
    case TYPE.select: {
      const cases = Object.entries(element.options).map(([name, { value }]) => [
        name,
        value.map(compileElement),
      ])
      const kind = element.type === TYPE.plural ? 'plural' : 'select'
      return [element.value, kind, Object.fromEntries(cases) as Record<string, Compiled>]
    }
    default:
      throw new TypeError(`the pages do not format ${TYPE[element.type]}`)
  }
}

/** For each language and page one file with the sentences of that page. */
export function textFiles(folder: string): { files: Map<string, string>; hashes: TextHashes } {
  const files = new Map<string, string>()
  const hashes: Record<string, Record<string, string>> = {}
  for (const language of languagesIn(folder)) {
    const { common = {}, ...ofPages } = readMessages(folder, language)
    for (const [page, sentences] of Object.entries(ofPages)) {
      const all = Object.entries(page.endsWith('-later') ? sentences : { ...common, ...sentences }).map(
        ([name, text]) => [name, compile(text)],
      )
      const content = JSON.stringify(Object.fromEntries(all))
      const path = `texts/${page}.${language}.json`
      files.set(path, content)
      hashes[page] = { ...hashes[page], [language]: hashOf(content) }
    }
  }
  return { files, hashes }
}
