import { startLookup } from '../engine/start.js'
import { takeFragment } from '../parts/address.js'
import { Opening } from '../parts/Opening.js'
import { startPage } from '../parts/startPage.js'
import { Check } from './Check.js'

const given = takeFragment()
startPage('check', (id, server) => {
  const lookup = startLookup()
  return (
    <Opening page="check" id={id} open={() => lookup.open(server, id)}>
      {(election) => <Check lookup={lookup} election={election} given={given} />}
    </Opening>
  )
})
