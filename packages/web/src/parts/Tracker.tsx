import { useTexts } from '../text/texts.js'
import { Qr } from '../qr/Qr.js'

/** In groups of four, which can be compared by eye. */
export const groupsOf = (tracker: string): string[] => tracker.match(/.{1,4}/g) ?? []

/** A tracker to be read, photographed, or scanned. */
export function Tracker({ tracker, qr }: { readonly tracker: string; readonly qr?: boolean }) {
  const { t } = useTexts()
  return (
    <div class="tracker">
      <p>
        <strong>{t('tracker')}</strong>
      </p>
      <p class="groups" translate={false}>
        {groupsOf(tracker).map((group, i) => (
          <code key={i}>{group} </code>
        ))}
      </p>
      {qr === true && <Qr text={tracker} label={`QR: ${t('tracker')}`} />}
    </div>
  )
}
