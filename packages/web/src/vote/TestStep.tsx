import { useState } from 'preact/hooks'
import { pageAddress } from '../parts/address.js'
import { Title } from '../parts/Title.js'
import { Tracker } from '../parts/Tracker.js'
import { Qr } from '../qr/Qr.js'
import { toParts } from '../qr/parts.js'
import { useTexts } from '../text/texts.js'

interface TestStepProps {
  readonly id: string
  readonly tracker: string
  readonly reveal: string | undefined
  readonly ready: () => void
  readonly afresh: () => void
}

/** Testing: first the other device gets the tracker, then everything that makes this ballot; then this ballot is dead. */
export function TestStep({ id, tracker, reveal, ready, afresh }: TestStepProps) {
  const { t } = useTexts()
  const address = new URL(pageAddress('test', id), document.baseURI).href
  if (reveal === undefined)
    return (
      <>
        <Title key="tracker" text={t('test_title')} />
        <ol class="steps">
          <li>
            <p>{t('test_open')}</p>
            <p>
              <code class="address">{address}</code>
            </p>
            <Qr text={address} label={`QR: ${address}`} />
          </li>
          <li>
            <p>{t('test_tracker')}</p>
            <Tracker tracker={tracker} qr />
          </li>
          <li>
            <p>{t('test_ready')}</p>
            <button
              type="button"
              onClick={(e) => {
                // Pressed twice, it would ask for a ballot that is shown already.
                e.currentTarget.disabled = true
                ready()
              }}
            >
              {t('test_reveal')}
            </button>
          </li>
        </ol>
      </>
    )
  return <Revealed reveal={reveal} afresh={afresh} />
}

function Revealed({ reveal, afresh }: { readonly reveal: string; readonly afresh: () => void }) {
  const { t } = useTexts()
  const [part, setPart] = useState(0)
  const parts = toParts(reveal)
  return (
    <>
      <Title key="reveal" text={t('reveal_title')} />
      <p>{t('reveal')}</p>
      <Qr text={parts[part]!} label={`QR: ${t('part', { n: part + 1, of: parts.length })}`} />
      {parts.length > 1 && (
        <p class="buttons">
          <span role="status">{t('part', { n: part + 1, of: parts.length })}</span>
          <button type="button" class="second" onClick={() => setPart((part + 1) % parts.length)}>
            {t('nextPart')}
          </button>
        </p>
      )}
      <details>
        <summary>{t('reveal_text')}</summary>
        <label for="reveal">{t('reveal_copy')}</label>
        <textarea
          id="reveal"
          readOnly
          rows={8}
          autocomplete="off"
          value={reveal}
          onFocus={(e) => e.currentTarget.select()}
        />
      </details>
      <p class="note">{t('dead')}</p>
      <button type="button" onClick={afresh}>
        {t('afresh')}
      </button>
    </>
  )
}
