import type { ComponentChildren } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { useTexts } from '../text/texts.js'

/**
 * What has to be mended before one can go on (GOV.UK Design System, error summary): leads to the field. Give each attempt a `key` of its own, so
 * that the same problem is told again.
 */
export function Problems({ text, field }: { readonly text: string; readonly field: string }) {
  const { t } = useTexts()
  const go = (event: Event) => {
    event.preventDefault()
    document.getElementById(field)?.focus()
  }
  return (
    <Alarm>
      <h2>{t('problem')}</h2>
      <p>
        <a href={`#${field}`} onClick={go}>
          {text}
        </a>
      </p>
    </Alarm>
  )
}

/** Told at once, and gets the focus. */
export function Alarm({ children }: { readonly children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  return (
    <div ref={box} class="alarm" role="alert" tabIndex={-1}>
      {children}
    </div>
  )
}
