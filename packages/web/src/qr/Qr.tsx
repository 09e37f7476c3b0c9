import { useEffect, useState } from 'preact/hooks'
import { qrWriter } from './start.js'

/** A text as a QR code. Where it cannot be drawn there is none: the text itself stands beside it. */
export function Qr({ text, label }: { readonly text: string; readonly label: string }) {
  const [drawn, setDrawn] = useState<{ readonly path: string; readonly size: number }>()
  useEffect(() => {
    let wanted = true
    qrWriter()
      .draw(text)
      .then(
        (code) => wanted && setDrawn(code),
        () => wanted && setDrawn(undefined),
      )
    return () => {
      wanted = false
    }
  }, [text])
  if (drawn === undefined) return null
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${drawn.size} ${drawn.size}`}>
      <path d={drawn.path} />
    </svg>
  )
}
