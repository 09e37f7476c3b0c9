import { useState } from 'preact/hooks'
import { Opening } from '../parts/Opening.js'
import { startPage } from '../parts/startPage.js'
import { startWorker } from '../worker/start.js'
import type { Shown } from './readResults.js'
import { Results } from './Results.js'
import type { ResultsCalls } from './resultsWorker.js'

function Page({
  calls,
  id,
  server,
}: {
  readonly calls: ResultsCalls
  readonly id: string
  readonly server: string
}) {
  const [shown, setShown] = useState<Shown>()
  const open = async () => {
    const found = await calls.show(server, id)
    setShown(found)
    return found.election
  }
  return (
    <Opening page="results" id={id} open={open}>
      {(election) => <Results election={election} results={shown?.results} />}
    </Opening>
  )
}

startPage('results', (id, server) => (
  <Page calls={startWorker<ResultsCalls>('results')} id={id} server={server} />
))
