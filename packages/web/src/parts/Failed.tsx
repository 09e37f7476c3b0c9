import type { FailureView } from '../worker/call.js'
import { useTexts } from '../text/texts.js'
import { Alarm } from './Problems.js'
import { Title } from './Title.js'

/** Nothing could be done, and nothing was sent. */
export function Failed({ failure, retry }: { readonly failure: FailureView; readonly retry: () => void }) {
  const { t } = useTexts()
  return (
    <>
      <Title key={failure.kind} text={t(`${failure.kind}_title`)} />
      <div class={failure.kind === 'unreachable' ? 'note' : 'alarm'}>
        <p>{t(failure.kind)}</p>
      </div>
      <button type="button" onClick={retry}>
        {t('again')}
      </button>
      <Experts why={failure.why} />
    </>
  )
}

/** Something could not be done, and can be tried again at the same place. */
export function Hindered({ failure }: { readonly failure: FailureView }) {
  const { t } = useTexts()
  return (
    <Alarm>
      <p>{t(failure.kind)}</p>
      <Experts why={failure.why} />
    </Alarm>
  )
}

/** What only experts read, in English. */
export function Experts({ why }: { readonly why: string }) {
  const { t } = useTexts()
  return (
    <details>
      <summary>{t('experts')}</summary>
      <p lang="en" class="log">
        {why}
      </p>
    </details>
  )
}
