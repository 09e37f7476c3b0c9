import { useEffect, useRef } from 'preact/hooks'
import { useTexts } from '../text/texts.js'

/**
 * What has to be mended before one can go on (GOV.UK Design System, error summary): gets the focus, and leads to the field.
 * @param round changes with each attempt, so that the same problem is told again.
 */
export function Problems({
  text,
  field,
  round,
}: {
  readonly text: string
  readonly field: string
  readonly round: number
}) {
  const { t } = useTexts()
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [round])
  const go = (event: Event) => {
    event.preventDefault()
    document.getElementById(field)?.focus()
  }
  return (
    <div ref={box} class="alarm" role="alert" tabIndex={-1}>
      <h2>{t('problem')}</h2>
      <p>
        <a href={`#${field}`} onClick={go}>
          {text}
        </a>
      </p>
    </div>
  )
}
