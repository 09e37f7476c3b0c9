import { useEffect, useRef } from 'preact/hooks'

/** Whether anything has been shown: the first heading leaves the focus where the browser has it, at the page's start. */
let shown = false

interface TitleProps {
  readonly text: string
  /** The language of a text of the election's own, which may not be the page's. */
  readonly lang?: string | undefined
  /** That one can only wait on this step. */
  readonly class?: 'busy'
}

/** A step's heading. Readers of screens are taken to it, and so is the eye. Give each step's a `key` of its own. */
export function Title({ text, lang, class: kind }: TitleProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = text
  }, [text])
  useEffect(() => {
    if (shown) {
      heading.current?.focus()
      scrollTo(0, 0)
    }
    shown = true
  }, [])
  return (
    <h1 ref={heading} class={kind} tabIndex={-1} lang={lang}>
      {text}
    </h1>
  )
}

/** Something that takes a while on a step that stays: said at once, in a place that readers of screens watch already. */
export function Busy({ text }: { readonly text: string }) {
  useEffect(() => {
    const said = document.getElementById('said')
    if (said === null) return
    said.textContent = text
    return () => {
      said.textContent = ''
    }
  }, [text])
  return <p class="busy">{text}</p>
}
