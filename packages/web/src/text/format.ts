/** An ICU message, parsed when the pages are built: text, a value, or a choice among messages. */
export type Compiled = readonly (
  | string
  | readonly [name: string, kind: Kind, cases?: Readonly<Record<string, Compiled>>]
)[]
type Kind = 'value' | 'number' | 'plural' | 'select' | 'count'
export type Values = Readonly<Record<string, string | number>>

/** Fills a message in, by the language's own rules for plurals and numbers. */
export function format(message: Compiled, values: Values, language: string, count?: number): string {
  return message
    .map((part) => {
      if (typeof part === 'string') return part
      const [name, kind, cases = {}] = part
      const value = values[name] ?? ''
      switch (kind) {
        case 'value':
          return String(value)
        case 'number':
          return formatNumber(Number(value), language)
        case 'count':
          return formatNumber(count ?? 0, language)
        case 'select':
          return format(cases[String(value)] ?? cases['other']!, values, language, count)
        case 'plural': {
          const n = Number(value)
          const chosen = cases[`=${n}`] ?? cases[new Intl.PluralRules(language).select(n)] ?? cases['other']!
          return format(chosen, values, language, n)
        }
      }
    })
    .join('')
}

export const formatNumber = (value: number, language: string): string =>
  new Intl.NumberFormat(language).format(value)

/** @param part of 1. */
export const formatPercent = (part: number, language: string): string =>
  new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(part)

/** @param time RFC 3339. @returns the day and the time of day, in the device's time zone, which is named. */
export const formatTime = (time: string, language: string): string =>
  new Intl.DateTimeFormat(language, {
    weekday: 'long',
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
  }).format(new Date(time))
