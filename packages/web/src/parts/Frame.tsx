import type { ComponentChildren } from 'preact'
import { type Language, languages, ownLanguage } from '../text/languages.js'
import { Own, useTexts } from '../text/texts.js'
import { pageAddress } from './address.js'
import { type Page, pages } from './pages.js'

/** Without a change of the address, which would be a step in the browser’s history. */
function skip(event: Event): void {
  event.preventDefault()
  document.getElementById('main')?.focus()
}

interface FrameProps {
  readonly page: Page
  readonly election: string | undefined
  /** The election's own title, once it is known. */
  readonly title: Readonly<Record<string, string>> | undefined
  readonly children: ComponentChildren
}

/** What is around every page: the way to the main part, the election, the language, and the way to the other pages. */
export function Frame({ page, election, title, children }: FrameProps) {
  const { t, language, choose, lost } = useTexts()
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        {t('skip')}
      </a>
      <header>
        <p class="election">{title === undefined ? 'Cista' : <Own text={title} />}</p>
        <label class="language">
          <span>{t('language')}</span>
          <select value={language} onChange={(e) => choose(e.currentTarget.value as Language)}>
            {Object.entries(languages).map(([tag, name]) => (
              <option key={tag} value={tag} lang={tag}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </header>
      <p id="said" class="said" role="status" />
      <main id="main" tabIndex={-1}>
        {lost && (
          <p class="alarm" role="alert">
            {t('languageLost')}
          </p>
        )}
        {title !== undefined && title[language] === undefined && (
          <p class="hint">
            {t('ownTexts', {
              language:
                new Intl.DisplayNames(language, { type: 'language' }).of(ownLanguage(title, language)) ?? '',
            })}
          </p>
        )}
        {children}
      </main>
      <footer>
        <nav aria-label={t('nav')}>
          <ul>
            {pages
              .filter((other) => other !== page)
              .map((other) => (
                <li key={other}>
                  <a href={pageAddress(other, election)}>{t(`nav_${other}`)}</a>
                </li>
              ))}
          </ul>
        </nav>
        {election !== undefined && (
          <p>
            {t('electionId')} <code>{election}</code>
          </p>
        )}
      </footer>
    </>
  )
}
