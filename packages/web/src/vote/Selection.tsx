import type { Choice, ContestOf } from '@cista/protocol'
import { useState } from 'preact/hooks'
import { useTexts } from '../text/texts.js'
import { OptionName } from './OptionName.js'

interface SelectionProps {
  readonly contest: ContestOf<'selection'>
  readonly choice: Extract<Choice, { kind: 'selection' }>
  readonly choose: (choice: Choice) => void
}

/** Options to tick, or to take one of. */
export function Selection({ contest, choice: { selected }, choose }: SelectionProps) {
  const { t } = useTexts()
  const [full, setFull] = useState(false)
  const { min, max, options } = contest
  const single = max === 1
  const set = (next: readonly string[]) => choose({ kind: 'selection', selected: next })
  const tick = (id: string, box: HTMLInputElement) => {
    const without = selected.filter((other) => other !== id)
    const over = !single && box.checked && selected.length >= max
    setFull(over)
    if (over) box.checked = false
    else if (!box.checked) set(without)
    else set(single ? [id] : [...without, id])
  }
  const status = full ? t('full', { max }) : t('chosen', { n: selected.length, max })
  return (
    <fieldset>
      <legend>
        {t(min === max ? 'chooseExactly' : min > 0 ? 'chooseBetween' : 'chooseUpTo', { min, max })}
      </legend>
      {options.map((option, i) => (
        <label key={option.id} class="option">
          <input
            id={`option-${i}`}
            type={single ? 'radio' : 'checkbox'}
            name="option"
            checked={selected.includes(option.id)}
            onChange={(e) => tick(option.id, e.currentTarget)}
          />
          <OptionName option={option} />
        </label>
      ))}
      {single && min === 0 && selected.length > 0 && (
        <button
          type="button"
          class="second"
          onClick={() => {
            set([])
            // The button goes; what it was about stays.
            document.getElementById('option-0')?.focus()
          }}
        >
          {t('clear')}
        </button>
      )}
      <p role="status" class={full ? 'problem' : 'count'}>
        {status}
      </p>
    </fieldset>
  )
}
