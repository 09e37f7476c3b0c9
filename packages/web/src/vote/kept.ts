import type { SealedView } from '../engine/views.js'

/** What outlives a reload, in this tab only: how far the voter was, and the encrypted ballot. Never choices, code or seed. */
export type Kept =
  | { readonly stage: 'choosing' }
  | { readonly stage: 'sealed' | 'sent'; readonly sealed: SealedView }
  | { readonly stage: 'cast'; readonly sealed: Omit<SealedView, 'file'>; readonly receipt: string }

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
