import type { Choice, ContestOf } from '@cista/protocol'
import { useEffect, useRef, useState } from 'preact/hooks'
import { ownLanguage } from '../text/languages.js'
import { useTexts } from '../text/texts.js'
import { OptionName } from './OptionName.js'

interface RankingProps {
  readonly contest: ContestOf<'ranking'>
  readonly choice: Extract<Choice, { kind: 'ranking' }>
  readonly choose: (choice: Choice) => void
}

/** Options to put in order by buttons: what is ranked above, the rest below. */
export function Ranking({ contest, choice: { ranked }, choose }: RankingProps) {
  const { t, language } = useTexts()
  /** The option that was moved last; empty where one more was wanted than there are places. */
  const [moved, setMoved] = useState<string>()
  /** Ids of buttons, of which the first that is there gets the focus when the order has changed. */
  const wanted = useRef<readonly string[]>([])
  useEffect(() => {
    wanted.current
      .map((id) => document.getElementById(id))
      .find((button) => button !== null)
      ?.focus()
    wanted.current = []
  }, [ranked])
  const { options, min, max } = contest
  const nameOf = (id: string) => {
    const title = options.find((option) => option.id === id)?.title ?? {}
    return title[ownLanguage(title, language)] ?? ''
  }
  const set = (next: readonly string[], id: string, focus: readonly string[]) => {
    wanted.current = focus
    choose({ kind: 'ranking', ranked: next })
    setMoved(id)
  }
  const said = (option: string) => {
    const place = ranked.indexOf(option) + 1
    const name = option === '' ? 'full' : place === 0 ? 'unranked' : 'rankedAt'
    return t(name, { option: nameOf(option), place, max })
  }
  const move = (id: string, by: number) => {
    const to = ranked.indexOf(id) + by
    if (to < 0 || to >= ranked.length) return
    const next = ranked.filter((other) => other !== id)
    next.splice(to, 0, id)
    set(next, id, [`${by < 0 ? 'up' : 'down'}-${id}`])
  }
  const unrank = (id: string) => {
    const next = ranked.filter((other) => other !== id)
    const left = options.filter((option) => !next.includes(option.id))
    set(next, id, [`option-${left.findIndex((option) => option.id === id)}`])
  }
  const rankNext = t('rank', { place: Math.min(ranked.length + 1, max) })
  const rest = options.filter(({ id }) => !ranked.includes(id))
  return (
    <fieldset>
      <legend>{t(min === max ? 'rankExactly' : min > 0 ? 'rankBetween' : 'rankUpTo', { min, max })}</legend>
      <ol class="ranked" role="list" aria-label={t('ranked')}>
        {ranked.map((id, i) => (
          <li key={id} class="option">
            <b>{i + 1}</b>
            <OptionName option={options.find((option) => option.id === id)!} />
            <span class="stepper">
              <button
                type="button"
                class="second"
                id={`up-${id}`}
                aria-disabled={i === 0}
                aria-label={t('up', { option: nameOf(id) })}
                onClick={() => move(id, -1)}
              >
                ↑
              </button>
              <button
                type="button"
                class="second"
                id={`down-${id}`}
                aria-disabled={i === ranked.length - 1}
                aria-label={t('down', { option: nameOf(id) })}
                onClick={() => move(id, 1)}
              >
                ↓
              </button>
              <button
                type="button"
                class="second"
                aria-label={t('unrank', { option: nameOf(id) })}
                onClick={() => unrank(id)}
              >
                ✕
              </button>
            </span>
          </li>
        ))}
      </ol>
      <p role="status" class="count">
        {moved === undefined ? '' : said(moved)} {t('rankedCount', { n: ranked.length, max })}
      </p>
      {rest.length > 0 && (
        <ul class="unranked" role="list" aria-label={t('notRanked')}>
          {rest.map((option, i) => (
            <li key={option.id} class="option">
              <OptionName option={option} />
              <button
                id={`option-${i}`}
                type="button"
                class="second"
                aria-label={`${rankNext}: ${nameOf(option.id)}`}
                aria-disabled={ranked.length >= max}
                onClick={() =>
                  ranked.length < max
                    ? set([...ranked, option.id], option.id, [
                        `option-${i}`,
                        `option-${i - 1}`,
                        `up-${option.id}`,
                      ])
                    : setMoved('')
                }
              >
                {rankNext}
              </button>
            </li>
          ))}
        </ul>
      )}
    </fieldset>
  )
}
