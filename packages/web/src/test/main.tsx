import { startLookup } from '../engine/start.js'
import { Opening } from '../parts/Opening.js'
import { startPage } from '../parts/startPage.js'
import { TestBallot } from './TestBallot.js'

startPage('test', (id, server) => {
  const lookup = startLookup()
  return (
    <Opening page="test" id={id} open={() => lookup.open(server, id)}>
      {(election) => <TestBallot lookup={lookup} election={election} />}
    </Opening>
  )
})
