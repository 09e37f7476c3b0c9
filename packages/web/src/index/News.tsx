import type { PlacedAnnouncement } from '@cista/protocol'
import { useEffect, useState } from 'preact/hooks'
import { useTexts } from '../text/texts.js'

interface NewsProps {
  readonly read: () => Promise<readonly PlacedAnnouncement[]>
  /** Whatever changes when there are more of them. */
  readonly seen: unknown
}

/** What the administrators have told everybody on the board: nothing is shown where they have said nothing. */
export function News({ read, seen }: NewsProps) {
  const { t, time } = useTexts()
  const [news, setNews] = useState<readonly PlacedAnnouncement[]>([])
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    let wanted = true
    const show = (failed: boolean, found = news) => {
      if (!wanted) return
      setNews(found)
      setFailed(failed)
    }
    read().then(
      (found) => show(false, found),
      () => show(true),
    )
    return () => {
      wanted = false
    }
  }, [seen])
  if (news.length === 0 && !failed) return null
  return (
    <section aria-live="polite">
      <h2>{t('news')}</h2>
      {failed && <p>{t('news_failed')}</p>}
      <ul class="cards">
        {news.map(({ kind, index, at, text, closes }) => (
          <li key={index}>
            <p class="hint">{time(at)}</p>
            {kind !== 'notice' && (
              <p>
                <strong>{t(`news_${kind}`, closes === undefined ? {} : { closes: time(closes) })}</strong>
              </p>
            )}
            <p class="prose">{text}</p>
          </li>
        ))}
      </ul>
    </section>
  )
}
