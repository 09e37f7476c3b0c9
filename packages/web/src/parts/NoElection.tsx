import { useTexts } from '../text/texts.js'
import { pageAddress } from './address.js'
import { Frame } from './Frame.js'
import type { Page } from './pages.js'
import { Title } from './Title.js'

/** The address names no election. */
export function NoElection({ page }: { readonly page: Page }) {
  const { t } = useTexts()
  return (
    <Frame page={page} election={undefined} title={undefined}>
      <Title text={t('noElection_title')} />
      <p>{t('noElection')}</p>
      <p>
        <a href={pageAddress('index', undefined)}>{t('nav_index')}</a>
      </p>
    </Frame>
  )
}
