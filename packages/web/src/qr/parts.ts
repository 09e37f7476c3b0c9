// A text that is too long for one QR code goes in several: `CISTA 2/3 …`. Codes of this size are read from a phone's screen by another phone.

const longest = 500

/** @returns the text itself where it fits into one code. */
export function toParts(text: string): string[] {
  const compact = JSON.stringify(JSON.parse(text))
  const count = Math.ceil(compact.length / longest)
  if (count === 1) return [compact]
  const length = Math.ceil(compact.length / count)
  return Array.from(
    { length: count },
    (_, i) => `CISTA ${i + 1}/${count} ${compact.slice(i * length, (i + 1) * length)}`,
  )
}

/** What has been scanned so far, in any order. */
export interface Collected {
  readonly parts: ReadonlyMap<number, string>
  readonly of: number
}
export const nothingCollected: Collected = { parts: new Map(), of: 0 }

/** @returns the whole text once all parts are there; parts of another text start a new collection. */
export function collect(now: Collected, scanned: string): Collected | string {
  const [, n, of, part] = /^CISTA (\d{1,3})\/(\d{1,3}) ([^]*)$/.exec(scanned) ?? []
  if (n === undefined || part === undefined) return scanned
  const known = now.of === Number(of) && (now.parts.get(Number(n)) ?? part) === part
  const parts = new Map(known ? now.parts : []).set(Number(n), part)
  if (parts.size < Number(of)) return { parts, of: Number(of) }
  return Array.from({ length: Number(of) }, (_, i) => parts.get(i + 1) ?? '').join('')
}
