import type { Choice, Contest } from '@cista/protocol'
import { pointsFor } from '../vote/flow.js'
import { Own, useTexts } from '../text/texts.js'

/** What was chosen in a contest, option by option. Nothing where nothing was. */
export function ChoiceLines({ contest, choice }: { readonly contest: Contest; readonly choice: Choice }) {
  const { t } = useTexts()
  const name = (id: string) => (
    <Own text={contest.options.find((option) => option.id === id)?.title ?? { en: id }} />
  )
  if (choice.kind === 'ranking')
    return (
      <ol>
        {choice.ranked.map((id) => (
          <li key={id}>{name(id)}</li>
        ))}
      </ol>
    )
  if (choice.kind === 'selection')
    return (
      <ul>
        {contest.options
          .filter(({ id }) => choice.selected.includes(id))
          .map(({ id }) => (
            <li key={id}>{name(id)}</li>
          ))}
      </ul>
    )
  return (
    <ul>
      {contest.options
        .filter(({ id }) => pointsFor(id, choice) > 0)
        .map(({ id }) => (
          <li key={id}>
            {name(id)}: {t('pointsOf', { points: pointsFor(id, choice) })}
          </li>
        ))}
    </ul>
  )
}
