import { type Codec, text } from '@cista/board'
import { type LocalText, language, limits, nameText } from '@cista/protocol'
import type { Place } from './place.js'

const prose = text(limits.textBytes, 1)

/** One string for all languages, or a string for each. */
function readLocal(
  place: Place | undefined,
  languages: readonly string[],
  codec: Codec<string>,
): LocalText | undefined {
  if (place === undefined) return undefined
  if (!place.isMap) {
    const plain = place.take(codec)
    return plain === undefined ? undefined : Object.fromEntries(languages.map((l) => [l, plain]))
  }
  const texts: Record<string, string> = {}
  for (const [key, value] of place.fields())
    if (languages.includes(key)) texts[key] = value.take(codec) ?? ''
    else if (languages.length > 0)
      place.keyFault(key, `the election is not in language “${key}”, but in ${languages.join(', ')}`)
  for (const wanted of languages)
    if (!Object.hasOwn(texts, wanted)) place.fault(`the text in language “${wanted}” is missing`)
  return texts
}

export const readTitle = (place: Place | undefined, languages: readonly string[]): LocalText | undefined =>
  readLocal(place, languages, nameText)
export const readProse = (place: Place | undefined, languages: readonly string[]): LocalText | undefined =>
  readLocal(place, languages, prose)

/** As written, else those of the title, else English. */
export function readLanguages(root: Place): string[] {
  const written = root.field('languages')
  if (written !== undefined)
    return written.items().flatMap((place) => {
      const tag = place.take(language)
      return tag === undefined ? [] : [tag]
    })
  const title = root.field('title')
  if (title?.isMap !== true) return ['en']
  return title.fields().flatMap(([key]) => {
    try {
      return [language.decode(key, '')]
    } catch {
      title.keyFault(key, 'not a language tag like en or zh-Hant')
      return []
    }
  })
}
