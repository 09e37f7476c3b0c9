import { useEffect, useRef } from 'preact/hooks'

/** Whether anything has been shown: the first heading leaves the focus where the browser has it, at the page's start. */
let shown = false

interface TitleProps {
  readonly text: string
  /** The language of a text of the election's own, where it is not the page's. */
  readonly lang?: string | undefined
  /** That something else on this step has the focus: a problem. */
  readonly calm?: boolean
}

/** A step's heading. Readers of screens are taken to it, and so is the eye. Give each step's a `key` of its own. */
export function Title({ text, lang, calm = false }: TitleProps) {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = text
  }, [text])
  useEffect(() => {
    if (shown && !calm) {
      heading.current?.focus({ preventScroll: true })
      scrollTo(0, 0)
    }
    shown = true
  }, [])
  return (
    <h1 ref={heading} tabIndex={-1} lang={lang}>
      {text}
    </h1>
  )
}

/** Something that takes a while: said at once, in a place that readers of screens watch already, and in the page's title. */
export function Busy({ text }: { readonly text: string }) {
  useEffect(() => {
    shown = true
    document.title = text
    const said = document.getElementById('said')
    if (said === null) return
    said.textContent = text
    return () => {
      said.textContent = ''
    }
  }, [text])
  return <p class="busy">{text}</p>
}
