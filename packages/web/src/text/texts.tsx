import { type ComponentChildren, createContext } from 'preact'
import { useContext, useEffect, useState } from 'preact/hooks'
import { later, page, texts } from '../built.js'
import { fetchBuilt } from '../parts/fetchBuilt.js'
import { type Compiled, type Values, format, formatNumber, formatPercent, formatTime } from './format.js'
import { type Language, firstLanguage, localeOf, ownLanguage, rememberLanguage } from './languages.js'

/** The sentences of a page in one language. */
export interface Texts {
  readonly language: Language
  /** A sentence by its name, filled in. */
  readonly t: (name: string, values?: Values) => string
  /** A time, RFC 3339, as the language writes it. */
  readonly time: (time: string) => string
  readonly number: (value: number) => string
  /** A part of 1, in per cent. */
  readonly percent: (part: number) => string
  readonly choose: (language: Language) => void
  /** Whether the sentences are there that follow after the first ones. */
  readonly whole: boolean
  /** That the language chosen last could not be loaded. */
  readonly lost: boolean
}

const Context = createContext<Texts | undefined>(undefined)

export function useTexts(): Texts {
  const texts = useContext(Context)
  if (texts === undefined) throw new Error('outside of <TextsOf>')
  return texts
}

/** Shows `children` once the page's sentences are there, and again in another language without losing what they hold. */
export function TextsOf({ children }: { readonly children: ComponentChildren }) {
  const [chosen, setChosen] = useState(() => ({ language: firstLanguage() }))
  const { language } = chosen
  const [loaded, setLoaded] = useState<Loaded>()
  const [lost, setLost] = useState(false)
  useEffect(() => {
    let wanted = true
    const show = (messages: Messages, whole: boolean) => {
      if (!wanted) return
      document.documentElement.lang = language
      setLost(false)
      // Not the first, which nobody has chosen here; and none that cannot be had.
      if (loaded !== undefined) rememberLanguage(language)
      setLoaded({ language, messages, whole })
    }
    const first = load(page, language, texts)
    // What is shown already stays until another language is there as a whole.
    if (loaded === undefined) first.then((messages) => show(messages, false)).catch(() => undefined)
    const rest = first
      // The line is for what is needed first.
      .then(() => loaded === undefined && new Promise((resolve) => setTimeout(resolve, pause)))
      .then(() => load(`${page}-later`, language, later))
    Promise.all([first, rest]).then(
      ([some, rest]) => show({ ...some, ...rest }, true),
      () => wanted && setLost(true),
    )
    return () => {
      wanted = false
    }
  }, [chosen])
  if (loaded === undefined)
    // Without its sentences the page has none to say so in.
    return lost ? (
      <p class="lost" role="alert">
        The texts of this page could not be loaded. Check your connection, and load the page again.
      </p>
    ) : null
  const locale = localeOf(loaded.language)
  const inLanguage: Texts = {
    language: loaded.language,
    t(name, values = {}) {
      const message = loaded.messages[name]
      if (message === undefined) throw new Error(`no text “${name}”`)
      return format(message, values, locale)
    },
    time: (time) => formatTime(time, locale),
    number: (value) => formatNumber(value, locale),
    percent: (part) => formatPercent(part, locale),
    whole: loaded.whole,
    lost,
    choose(next) {
      setChosen({ language: next })
    },
  }
  return <Context.Provider value={inLanguage}>{children}</Context.Provider>
}

/** Milliseconds in which nobody can have got so far that the later sentences are needed. */
const pause = 1000

type Messages = Readonly<Record<string, Compiled>>
interface Loaded {
  readonly language: Language
  readonly messages: Messages
  readonly whole: boolean
}

async function load(name: string, language: Language, hashes: typeof texts): Promise<Messages> {
  const hash = hashes[language]
  if (hash === undefined) return {}
  const answer = await fetchBuilt(`texts/${name}.${language}.json`, hash)
  return (await answer.json()) as Messages
}

/** An election's own text, marked with the language it is in. */
export function Own({ text }: { readonly text: Readonly<Record<string, string>> }) {
  const { language } = useTexts()
  const own = ownLanguage(text, language)
  return <span lang={own}>{text[own]}</span>
}
