import { type ComponentChildren, render } from 'preact'
import { TextsOf } from '../text/texts.js'
import { electionOf, serverOf } from './address.js'
import { forgetOnLeaving } from './leaving.js'
import { NoElection } from './NoElection.js'
import type { Page } from './pages.js'

/** Shows a page of the election that the address names. */
export function startPage(page: Page, shown: (id: string, server: string) => ComponentChildren): void {
  forgetOnLeaving()
  const id = electionOf(location)
  render(
    <TextsOf>{id === undefined ? <NoElection page={page} /> : shown(id, serverOf(location))}</TextsOf>,
    document.getElementById('page')!,
  )
}
