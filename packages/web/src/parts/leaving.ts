/**
 * Browsers may keep a page that was left, to show it again as it was. What is secret must be gone then: such a page loads anew. Also where another
 * link to this page is opened in the same tab, which alone would load nothing.
 */
export function forgetOnLeaving(): void {
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) location.reload()
  })
  addEventListener('hashchange', () => location.hash !== '' && location.reload())
}
