/** What Unicode does not decompose into a letter and a mark. */
const letters: Readonly<Record<string, string>> = {
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ı: 'i',
}

/** An id made of a title: `Skate park, Ülemiste` becomes `skate-park-ulemiste`. @param taken ids that it must not be. */
export function slug(title: string, fallback: string, taken: ReadonlySet<string> = new Set()): string {
  const plain = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]/g, (c) => letters[c] ?? '-')
    .replace(/-+/g, '-')
    .slice(0, 56)
    .replace(/^-|-$/g, '')
  const base = plain === '' ? fallback : plain
  for (let n = 1; ; n++) {
    const id = n === 1 ? base : `${base}-${n}`
    if (!taken.has(id)) return id
  }
}
