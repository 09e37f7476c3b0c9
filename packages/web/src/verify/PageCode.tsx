import { useEffect, useState } from 'preact/hooks'
import { useTexts } from '../text/texts.js'

interface PageCodeProps {
  /** SHA-256, hex, of each file of the pages. */
  readonly published: Readonly<Record<string, string>>
  readonly id: string
  readonly server: string
}

/** Whether the server gives out the files that the election's administrators have published: as far as a page can tell of itself. */
export function PageCode({ published, id, server }: PageCodeProps) {
  const { t } = useTexts()
  const files = Object.entries(published)
  const [different, setDifferent] = useState<readonly string[]>()
  useEffect(() => {
    // Browsers hash for pages that came safely only.
    if (isSecureContext) void compare(files).then(setDifferent)
  }, [published])
  return (
    <section>
      <h2>{t('code_title')}</h2>
      {files.length === 0 ? (
        <p class="note">{t('code_none')}</p>
      ) : (
        <>
          <p>{t('code')}</p>
          <div role="status">
            {different === undefined ? null : different.length === 0 ? (
              <p class="good">{t('code_same', { n: files.length })}</p>
            ) : (
              different.map((file) => (
                <p key={file} class="alarm">
                  {t('code_different', { file })}
                </p>
              ))
            )}
          </div>
          <details>
            <summary>{t('code_fingerprints')}</summary>
            <ul class="log">
              {files.map(([file, hash]) => (
                <li key={file}>
                  {file}: {hash}
                </li>
              ))}
            </ul>
          </details>
          <p>{t('code_elsewhere')}</p>
          <p>
            <code class="address">{`npx cista-verify page ${server} --election ${id}`}</code>
          </p>
        </>
      )}
    </section>
  )
}

async function compare(files: readonly (readonly [string, string])[]): Promise<string[]> {
  const compared = await Promise.all(
    files.map(async ([file, hash]) => ((await hashOf(file)) === hash ? [] : [file])),
  )
  return compared.flat()
}

/** SHA-256, hex, of a file as the server gives it now; undefined where there is none. */
async function hashOf(file: string): Promise<string | undefined> {
  try {
    const answer = await fetch(new URL(file, document.baseURI), { cache: 'no-store' })
    const hash = await crypto.subtle.digest('SHA-256', await answer.arrayBuffer())
    return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('')
  } catch {
    return undefined
  }
}
