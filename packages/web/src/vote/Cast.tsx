import type { ElectionView, ReceiptView } from '../engine/views.js'
import { pageAddress } from '../parts/address.js'
import { download } from '../parts/download.js'
import { Title } from '../parts/Title.js'
import { Tracker } from '../parts/Tracker.js'
import { useTexts } from '../text/texts.js'

interface CastProps {
  readonly election: ElectionView
  readonly receipt: ReceiptView
  readonly leave: () => void
}

/** The ballot is on the board: the receipt was verified in this page. */
export function Cast({ election, receipt, leave }: CastProps) {
  const { t, time } = useTexts()
  const { tracker } = receipt
  return (
    <>
      <Title text={t('done_title')} />
      <div class="good">
        <p>{t('done', { time: time(receipt.batchTime), entry: receipt.index })}</p>
      </div>
      <Tracker tracker={tracker} qr />
      <p>{t('receipt')}</p>
      <p class="buttons">
        <button
          type="button"
          onClick={() => download(`receipt-${tracker.slice(0, 8)}.json`, receipt.receipt)}
        >
          {t('receipt_save')}
        </button>
        <button type="button" class="second" onClick={() => print()}>
          {t('print')}
        </button>
      </p>
      <h2>{t('next')}</h2>
      <ul>
        <li>
          <a href={`${pageAddress('check', election.id)}#${tracker}`}>{t('next_check')}</a>
        </li>
        {election.manifest.revisions > 0 && (
          <li>
            <button type="button" class="link" onClick={leave}>
              {t('next_revote', { closes: time(election.closes) })}
            </button>
          </li>
        )}
      </ul>
      <p>{t('leave_why')}</p>
      <button type="button" class="second" onClick={leave}>
        {t('leave')}
      </button>
    </>
  )
}
