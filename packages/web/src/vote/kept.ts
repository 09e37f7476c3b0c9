/**
 * What outlives a reload, in this tab only: how far the voter was, and the encrypted ballot, or the receipt. Never choices, code or seed. Trackers are
 * not kept beside: the engine makes them of these files.
 */
export type Kept =
  | { readonly stage: 'choosing' }
  /** @property credential whose it is: public key, hex. */
  | { readonly stage: 'sealed' | 'sent'; readonly credential: string; readonly file: string }
  | { readonly stage: 'cast'; readonly credential: string; readonly receipt: string }

const nameOf = (election: string) => `cista-ballot-${election}`

export function keep(election: string, kept: Kept | undefined): void {
  try {
    if (kept === undefined) sessionStorage.removeItem(nameOf(election))
    else sessionStorage.setItem(nameOf(election), JSON.stringify(kept))
  } catch {
    // Storage is forbidden or full: then a reload loses the ballot, and the page offers it as a file where that matters.
  }
}

export function kept(election: string): Kept | undefined {
  try {
    return (JSON.parse(sessionStorage.getItem(nameOf(election)) ?? 'null') ?? undefined) as Kept | undefined
  } catch {
    return undefined
  }
}
