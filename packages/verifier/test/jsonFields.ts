/** A key or a value of a canonical JSON text, by its bytes. */
export interface Field {
  /** Without positions in lists: `contests[].options[].id`. Keys end with a colon. */
  readonly path: string
  readonly from: number
  readonly to: number
}

/** Every key and every string, number, boolean and empty list of a JSON text without spaces; offsets are of its UTF-8. */
export function jsonFields(bytes: Uint8Array): Field[] {
  const text = Array.from(bytes, (b) => String.fromCharCode(b)).join('')
  const fields: Field[] = []
  let at = 0
  value('')
  return fields

  function token(path: string, pattern: RegExp): string {
    pattern.lastIndex = at
    const [found] = pattern.exec(text) ?? []
    if (found === undefined) throw new Error(`no JSON at byte ${at}`)
    fields.push({ path, from: at, to: at + found.length })
    at += found.length
    return found
  }

  function value(path: string): void {
    if (text[at] === '{') {
      items('}', () => {
        const key = JSON.parse(token(`${path}.:`, /"(?:[^"\\]|\\.)*"/y)) as string
        const last = fields.pop()!
        fields.push({ ...last, path: `${path}.${key}:` })
        at += 1
        value(`${path}.${key}`)
      })
    } else if (text[at] === '[') items(']', () => value(`${path}[]`))
    else token(path, /"(?:[^"\\]|\\.)*"|[^,\]}]+/y)
  }

  function items(end: string, item: () => void): void {
    at += 1
    while (text[at] !== end) {
      item()
      if (text[at] === ',') at += 1
    }
    at += 1
  }
}
