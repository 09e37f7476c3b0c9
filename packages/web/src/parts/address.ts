import type { Page } from './pages.js'

/** The election that this page's address names, `?election=<id>`; undefined where it names none. */
export function electionOf(address: Pick<Location, 'search'>): string | undefined {
  const id = new URLSearchParams(address.search).get('election')?.toLowerCase() ?? ''
  return /^[0-9a-f]{64}$/.test(id) ? id : undefined
}

/** Where the election's server is: the one that the page is from, or in front of a static one. */
export const serverOf = (address: Pick<Location, 'origin'>): string => address.origin

/** The address of another page for the same election, relative. */
export const pageAddress = (page: Page, election: string | undefined): string =>
  `${page}.html${election === undefined ? '' : `?election=${election}`}`

/**
 * What a link carries behind `#`, which browsers send to nobody: an invitation's code, or a tracker. It is taken out of the address, so that neither
 * history nor bookmarks have it.
 */
export function takeFragment(): string {
  const { hash, pathname, search } = location
  // The link that skips to the main part has one of its own.
  if (hash === '' || hash === '#main') return ''
  history.replaceState(history.state, '', pathname + search)
  try {
    return decodeURIComponent(hash.slice(1))
  } catch {
    return hash.slice(1)
  }
}
