import { choiceIn, contestsOf } from '@cista/client'
import type { AuditView, ElectionView } from '../engine/views.js'
import { Chosen } from '../parts/Chosen.js'
import { Experts } from '../parts/Failed.js'
import { Title } from '../parts/Title.js'
import { useTexts } from '../text/texts.js'
import { amountOf } from '../vote/flow.js'

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
              <Chosen key={contest.id} contest={contest} choice={choice}>
                {amountOf(choice) === 0 && <p class="note">{t('blank')}</p>}
              </Chosen>
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
