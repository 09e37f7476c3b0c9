import type { Report } from '@cista/verifier'
import { useTexts } from '../text/texts.js'

/** Findings that are shown; the report has all of them. */
const most = 50

/** V1 to V10 in plain words, each with how much it looked at, and all that it found. */
export function Checks({ checks }: { readonly checks: Report['checks'] }) {
  const { t } = useTexts()
  return (
    <ol class="checks" role="list">
      {checks.map(({ id, status, looked, findings }) => (
        <li key={id} class={status}>
          <p>
            <strong>
              {id} {t(`check_${id}`)}
            </strong>
          </p>
          <p class="hint">
            {t(`status_${status}`)} {status === 'passed' && t('looked', { looked })}
          </p>
          {findings.length > 0 && (
            <ul lang="en" class="log">
              {findings.slice(0, most).map(({ code, at, why }, i) => (
                <li key={i}>
                  {code} {at}: {why}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ol>
  )
}
