import { useState } from 'preact/hooks'
import type { CodeFault } from '../engine/views.js'
import { Experts } from '../parts/Failed.js'
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
export function CodeStep({ fault, busy, failure, reloaded, give }: CodeStepProps) {
  const { t } = useTexts()
  const [typed, setTyped] = useState('')
  const [round, setRound] = useState(0)
  const submit = (event: Event) => {
    event.preventDefault()
    if (busy === true) return
    setRound(round + 1)
    void give(typed)
  }
  const problem = fault === undefined ? undefined : t(`code_${fault}`)
  return (
    <>
      {problem !== undefined && <Problems text={problem} field="code" round={round} />}
      {failure !== undefined && (
        <div class="alarm" role="alert">
          <p>{t(failure.kind)}</p>
          <Experts why={failure.why} />
        </div>
      )}
      <Title text={t('code_title')} calm={problem !== undefined || failure !== undefined} />
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
        <button type="submit" aria-disabled={busy === true}>
          {t('continue')}
        </button>
        {busy === true && <Busy text={t('code_busy')} />}
      </form>
    </>
  )
}
