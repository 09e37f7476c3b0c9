import { render } from 'preact'
import { startLookup } from '../engine/start.js'
import { electionOf, serverOf } from '../parts/address.js'
import { Opening } from '../parts/Opening.js'
import { TextsOf } from '../text/texts.js'
import { Elections } from './Elections.js'
import { Front } from './Front.js'

const [id, server] = [electionOf(location), serverOf(location)]

function election(named: string) {
  const lookup = startLookup()
  return (
    <Opening page="index" id={named} open={() => lookup.open(server, named)}>
      {(view, again) => (
        <Front
          server={server}
          election={view}
          readNews={() => lookup.announcements(server, named)}
          changed={again}
        />
      )}
    </Opening>
  )
}

render(
  <TextsOf>{id === undefined ? <Elections server={server} /> : election(id)}</TextsOf>,
  document.getElementById('page')!,
)
