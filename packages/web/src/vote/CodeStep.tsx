import { useState } from 'preact/hooks'
import type { CodeFault } from '../engine/views.js'
import { Hindered } from '../parts/Failed.js'
import { Problems } from '../parts/Problems.js'
import { Busy, Title } from '../parts/Title.js'
import { useTexts } from '../text/texts.js'
import type { FailureView } from '../worker/call.js'

interface CodeStepProps {
  readonly fault?: CodeFault
  readonly busy?: boolean
  readonly failure?: FailureView
  readonly reloaded: boolean
  readonly give: (typed: string) => Promise<void>
}

/** The voter's code, typed as people type. */
export function CodeStep({ fault, busy = false, failure, reloaded, give }: CodeStepProps) {
  const { t } = useTexts()
  const [typed, setTyped] = useState('')
  const submit = (event: Event) => {
    event.preventDefault()
    if (busy) return
    void give(typed)
  }
  const problem = fault === undefined ? undefined : t(`code_${fault}`)
  return (
    <>
      {problem !== undefined && <Problems text={problem} field="code" />}
      {failure !== undefined && <Hindered failure={failure} />}
      <Title text={t('code_title')} />
      {reloaded && <p class="note">{t('reloaded')}</p>}
      <form onSubmit={submit} noValidate autocomplete="off">
        <label for="code">{t('code_label')}</label>
        <p id="code-hint" class="hint">
          {t('code_hint')}
        </p>
        <input
          id="code"
          class="code"
          value={typed}
          onInput={(e) => setTyped(e.currentTarget.value)}
          aria-describedby={problem === undefined ? 'code-hint' : 'code-hint code-problem'}
          aria-invalid={problem !== undefined}
          autocapitalize="characters"
          spellcheck={false}
        />
        {problem !== undefined && (
          <p id="code-problem" class="problem">
            {problem}
          </p>
        )}
        <button type="submit" aria-disabled={busy}>
          {t('continue')}
        </button>
        {busy && <Busy text={t('code_busy')} />}
      </form>
    </>
  )
}
