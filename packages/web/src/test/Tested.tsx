import type { AuditView, ElectionView } from '../engine/views.js'
import { ChoiceLines } from '../parts/ChoiceLines.js'
import { Experts } from '../parts/Failed.js'
import { Title } from '../parts/Title.js'
import { Own, useTexts } from '../text/texts.js'
import { amountOf, choiceIn, contestsOf } from '../vote/flow.js'

interface TestedProps {
  readonly election: ElectionView
  readonly what: AuditView
  /** How many digits of the tracker were compared. */
  readonly digits: number
  readonly again: () => void
}

/** Whether the ballot is the one with this tracker, and what is in it. */
export function Tested({ election, what, digits, again }: TestedProps) {
  const { t } = useTexts()
  return (
    <>
      <Title key="made" text={t(`${what.kind}_title`)} />
      <div class={what.kind === 'same' ? 'good' : 'alarm'}>
        <p>{t(what.kind, { digits })}</p>
      </div>
      {what.kind === 'same' && (
        <>
          {contestsOf(election.manifest, what.style).map((contest) => {
            const choice = choiceIn(what.choices, contest)
            return (
              <section key={contest.id} class="reviewed">
                <h2>
                  <Own text={contest.title} />
                </h2>
                <ChoiceLines contest={contest} choice={choice} />
                {amountOf(choice) === 0 && <p class="note">{t('blank')}</p>}
              </section>
            )
          })}
          <p>{t('same_next')}</p>
        </>
      )}
      {what.kind === 'different' && <Experts why={`made again: ${what.tracker}`} />}
      {what.kind === 'no-vote' && <Experts why={what.why} />}
      <button type="button" class="second" onClick={again}>
        {t('testAnother')}
      </button>
    </>
  )
}
