/** An address that an HTML file names. */
export interface Named {
  /** As it is written. */
  readonly address: string
  /** Whether a browser gets it by itself, and not only when somebody follows a link. */
  readonly loads: boolean
}

/** Enough for any page; a server may send what is none. */
const most = 1_000
const attributes = new Set(['src', 'href', 'data', 'poster', 'srcset', 'xlink:href'])
const links = new Set(['a', 'area'])
/** What is inside is no HTML: the tag that ends it is looked for. */
const raw = new Set(['script', 'style', 'textarea', 'title'])

/**
 * Addresses in `src`, `href` and their like. It reads tags as browsers do in pages that are written plainly, each character once; of what is
 * written to deceive, the hash tells.
 */
export function namesIn(html: string): Named[] {
  const found: Named[] = []
  let at = 0
  while (found.length < most && (at = html.indexOf('<', at)) !== -1) {
    if (html.startsWith('<!--', at)) {
      at = after(html, '-->', at + 4)
      continue
    }
    const name = match(/<([a-z][^\s/>]*)/iy, html, at)
    if (name === undefined) {
      at += 1
      continue
    }
    const tag = name[1]!.toLowerCase()
    at += name[0].length
    for (;;) {
      const attribute = match(/[\s/]*([^\s/>=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]*)))?/y, html, at)
      if (attribute === undefined) break
      at += attribute[0].length
      const key = attribute[1]!.toLowerCase()
      const value = attribute[2] ?? attribute[3] ?? attribute[4]
      if (value === undefined || !attributes.has(key)) continue
      const values = key === 'srcset' ? value.split(',').map((one) => one.trim().split(/\s/)[0]!) : [value]
      for (const one of values) found.push({ address: one.replaceAll('&amp;', '&'), loads: !links.has(tag) })
    }
    if (raw.has(tag)) at = afterRaw(html, tag, at)
  }
  return found.slice(0, most)
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  return at === -1 ? text.length : at + end.length
}

function afterRaw(html: string, tag: string, from: number): number {
  const end = new RegExp(`</${tag}`, 'gi')
  end.lastIndex = from
  return end.exec(html)?.index ?? html.length
}
