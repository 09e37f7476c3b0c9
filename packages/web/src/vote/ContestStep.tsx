import type { Choice, Contest } from '@cista/protocol'
import { useState } from 'preact/hooks'
import { Problems } from '../parts/Problems.js'
import { Title } from '../parts/Title.js'
import { Own, useTexts } from '../text/texts.js'
import { ownLanguage } from '../text/languages.js'
import { missing } from './flow.js'
import { Ranking } from './Ranking.js'
import { Score } from './Score.js'
import { Selection } from './Selection.js'

interface ContestStepProps {
  readonly contest: Contest
  /** Which question of how many. */
  readonly place: readonly [number, number]
  readonly choice: Choice
  readonly choose: (choice: Choice) => void
  readonly next: () => void
}

/** One question. Too much cannot be chosen; too little, where the election does not allow it, is said on the way on. */
export function ContestStep({ contest, place: [n, of], choice, choose, next }: ContestStepProps) {
  const { t, language } = useTexts()
  const [round, setRound] = useState(0)
  const lacking = missing(contest, choice)
  const submit = (event: Event) => {
    event.preventDefault()
    if (lacking > 0) setRound(round + 1)
    else next()
  }
  /** What was mended is no problem any more, and is told again only when one goes on. */
  const take = (taken: Choice) => {
    if (missing(contest, taken) === 0) setRound(0)
    choose(taken)
  }
  const own = ownLanguage(contest.title, language)
  return (
    <form onSubmit={submit} noValidate autocomplete="off">
      {round > 0 && <Problems key={round} text={t('tooFew', { missing: lacking })} field="option-0" />}
      <p class="hint">{t('question', { n, of })}</p>
      <Title text={contest.title[own] ?? ''} lang={own} />
      {contest.description !== undefined && (
        <p>
          <Own text={contest.description} />
        </p>
      )}
      {contest.kind === 'selection' && choice.kind === 'selection' && (
        <Selection contest={contest} choice={choice} choose={take} />
      )}
      {contest.kind === 'score' && choice.kind === 'score' && (
        <Score contest={contest} choice={choice} choose={take} />
      )}
      {contest.kind === 'ranking' && choice.kind === 'ranking' && (
        <Ranking contest={contest} choice={choice} choose={take} />
      )}
      <button type="submit">{t('continue')}</button>
    </form>
  )
}
