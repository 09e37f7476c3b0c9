import { type Choices, choiceIn } from '@cista/client'
import type { Choice, Contest } from '@cista/protocol'
import { Chosen } from '../parts/Chosen.js'
import { Title } from '../parts/Title.js'
import { ownLanguage } from '../text/languages.js'
import { useTexts } from '../text/texts.js'
import { allowed, amountOf } from './flow.js'

interface ReviewProps {
  readonly contests: readonly Contest[]
  readonly choices: Choices
  readonly change: (n: number) => void
  readonly seal: () => void
}

/** All choices once more, before they are encrypted. What is blank or could be more is said; it is no mistake. */
export function Review({ contests, choices, change, seal }: ReviewProps) {
  const { t, language } = useTexts()
  return (
    <>
      <Title text={t('review_title')} />
      {contests.map((contest, n) => {
        const choice = choiceIn(choices, contest)
        const title = contest.title[ownLanguage(contest.title, language)] ?? ''
        return (
          <Chosen key={contest.id} contest={contest} choice={choice}>
            <Remark contest={contest} choice={choice} />
            <button
              type="button"
              class="link"
              aria-label={`${t('change')}: ${title}`}
              onClick={() => change(n)}
            >
              {t('change')}
            </button>
          </Chosen>
        )
      })}
      <p>{t('review')}</p>
      <button type="button" onClick={seal}>
        {t('encrypt')}
      </button>
    </>
  )
}

function Remark({ contest, choice }: { readonly contest: Contest; readonly choice: Choice }) {
  const { t } = useTexts()
  const [n, max] = [amountOf(choice), allowed(contest)]
  if (n === 0) return <p class="note">{t('blank')}</p>
  if (max === undefined || n >= max) return null
  return (
    <p class="note">{t(contest.kind === 'score' ? 'underPoints' : 'under', { n, max, left: max - n })}</p>
  )
}
