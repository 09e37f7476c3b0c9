import { useEffect, useState } from 'preact/hooks'
import { useTexts } from '../text/texts.js'

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

interface CountdownProps {
  /** RFC 3339. */
  readonly until: string
  /** Name of a sentence; its `{in}` is the rest, in the language's words. */
  readonly text: string
  readonly paused: boolean
}

/** How long it is until a time, by this device's clock. */
export function Countdown({ until, text, paused }: CountdownProps) {
  const { t, language } = useTexts()
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (paused) return
    const timer = setInterval(() => setNow(Date.now()), 20_000)
    return () => clearInterval(timer)
  }, [paused])
  const left = Date.parse(until) - now
  if (left <= 0) return null
  const [unit, length] = units.find(([, ms]) => left >= ms) ?? units[2]
  const words = new Intl.RelativeTimeFormat(language).format(Math.max(1, Math.floor(left / length)), unit)
  return <p>{t(text, { in: words })}</p>
}
