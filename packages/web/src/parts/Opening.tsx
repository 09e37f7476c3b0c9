import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { ElectionView } from '../engine/views.js'
import { useTexts } from '../text/texts.js'
import { type FailureView, failureOf } from '../worker/call.js'
import { Failed } from './Failed.js'
import { Frame } from './Frame.js'
import type { Page } from './pages.js'
import { Title } from './Title.js'

interface OpeningProps {
  readonly page: Page
  readonly id: string
  readonly open: () => Promise<ElectionView>
  /** What is shown of the election once it is verified. @param again opens it anew, while all stays as it is. */
  readonly children: (election: ElectionView, again: () => void) => ComponentChildren
}

/** A page around an election that is opened and verified first. */
export function Opening({ page, id, open, children }: OpeningProps) {
  const { t } = useTexts()
  const [state, setState] = useState<{ readonly election?: ElectionView; readonly failure?: FailureView }>({})
  const load = (failed: (error: unknown) => void) =>
    void open().then((election) => setState({ election }), failed)
  function start() {
    setState({})
    load((error) => setState({ failure: failureOf(error) }))
  }
  // What is shown was true, and the next change brings another chance.
  const again = () => load(() => undefined)
  useEffect(start, [])
  const { election, failure } = state
  return (
    <Frame page={page} election={id} title={election?.manifest.title}>
      {failure !== undefined ? (
        <Failed failure={failure} retry={start} />
      ) : election === undefined ? (
        <Title text={t('opening')} class="busy" />
      ) : (
        children(election, again)
      )}
    </Frame>
  )
}
