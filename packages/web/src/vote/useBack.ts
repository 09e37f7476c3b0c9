import { useEffect, useRef } from 'preact/hooks'

/**
 * Lets the browser's own “back” do what the page's does: people who press it want the question before, not to leave. One entry of the history
 * stands guard while `guarded`.
 */
export function useBack(guarded: boolean, back: (() => void) | undefined): void {
  const latest = useRef(back)
  latest.current = back
  useEffect(() => {
    if (!guarded) return
    const guard = () => history.pushState({ guard: true }, '')
    if ((history.state as { guard?: boolean } | null)?.guard !== true) guard()
    const popped = () => {
      if (latest.current === undefined) return
      latest.current()
      guard()
    }
    addEventListener('popstate', popped)
    return () => removeEventListener('popstate', popped)
  }, [guarded])
}
