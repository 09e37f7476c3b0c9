/** Languages of the pages, each by its own name. */
export const languages = {
  en: 'English',
  es: 'Español',
  et: 'Eesti',
  ms: 'Bahasa Melayu',
  ta: 'தமிழ்',
  vi: 'Tiếng Việt',
  zh: '中文',
} as const
export type Language = keyof typeof languages

const stored = 'cista-language'

/** The one chosen before, else the first that the browser asks for, else English. */
export function firstLanguage(): Language {
  const wanted = [remembered(), ...navigator.languages].map((tag) => tag?.split('-')[0]?.toLowerCase())
  return wanted.find((tag): tag is Language => tag !== undefined && Object.hasOwn(languages, tag)) ?? 'en'
}

function remembered(): string | undefined {
  try {
    return localStorage.getItem(stored) ?? undefined
  } catch {
    // Storage is forbidden here: the browser's wish is enough.
    return undefined
  }
}

export function rememberLanguage(language: Language): void {
  try {
    localStorage.setItem(stored, language)
  } catch {
    // Then it is chosen for this page only.
  }
}

/** How numbers and dates are written: as the browser's own variant of the language has it, where there is one. */
export const localeOf = (language: Language): string =>
  navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language

/** The language that a text of an election's own is shown in: the page's, else the first that the election has. */
export const ownLanguage = (text: Readonly<Record<string, string>>, language: string): string =>
  text[language] === undefined ? (Object.keys(text)[0] ?? language) : language
