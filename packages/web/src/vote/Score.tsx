import type { Choice, ContestOf } from '@cista/protocol'
import { ownLanguage } from '../text/languages.js'
import { useTexts } from '../text/texts.js'
import { amountOf, pointsFor } from './flow.js'
import { OptionName } from './OptionName.js'

interface ScoreProps {
  readonly contest: ContestOf<'score'>
  readonly choice: Extract<Choice, { kind: 'score' }>
  readonly choose: (choice: Choice) => void
}

/** Points for each option, by buttons or typed; never more than there are. */
export function Score({ contest, choice, choose }: ScoreProps) {
  const { t, language } = useTexts()
  const { options, maximum, budget } = contest
  const given = amountOf(choice)
  const left = budget === undefined ? undefined : budget - given
  const most = (id: string) => Math.min(maximum, pointsFor(id, choice) + (left ?? maximum))
  /** @returns what was given of what was wanted. */
  const set = (id: string, wanted: number): number => {
    const { [id]: _, ...rest } = choice.points
    const points = Math.max(0, Math.min(most(id), wanted))
    choose({ kind: 'score', points: points === 0 ? rest : { ...rest, [id]: points } })
    return points
  }
  /** Takes digits as they are typed; what is too much, or no digit, is put right at once. */
  const type = (id: string, field: HTMLInputElement) => {
    const digits = field.value.replace(/\D/g, '').slice(0, 9)
    const points = set(id, Number(digits))
    if (digits !== field.value || points !== Number(digits)) field.value = digits === '' ? '' : String(points)
  }
  return (
    <fieldset>
      <legend>
        {budget === undefined ? t('points', { maximum }) : t('pointsBudget', { maximum, budget })}
      </legend>
      {options.map((option, i) => {
        const points = pointsFor(option.id, choice)
        const name = option.title[ownLanguage(option.title, language)] ?? ''
        return (
          <div key={option.id} class="option score">
            <label for={`option-${i}`}>
              <OptionName option={option} />
            </label>
            <span class="stepper">
              <button
                type="button"
                class="second"
                aria-label={t('less', { option: name })}
                aria-disabled={points === 0}
                onClick={() => set(option.id, points - 1)}
              >
                −
              </button>
              <input
                id={`option-${i}`}
                inputMode="numeric"
                value={points}
                onInput={(e) => type(option.id, e.currentTarget)}
                onBlur={(e) => {
                  e.currentTarget.value = String(points)
                }}
              />
              <button
                type="button"
                class="second"
                aria-label={t('more', { option: name })}
                aria-disabled={points === most(option.id)}
                onClick={() => set(option.id, points + 1)}
              >
                +
              </button>
            </span>
          </div>
        )
      })}
      <p role="status" class="count">
        {left === undefined ? t('given', { given }) : t('left', { left, given })}
      </p>
    </fieldset>
  )
}
