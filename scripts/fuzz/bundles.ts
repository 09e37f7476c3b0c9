import { concat, u16, u32 } from '@cista/board'
import { mutateBytes } from './bytes.js'
import { mutateJson } from './json.js'
import { type Random, chance, oneOf } from './random.js'

/** Mutates what is framed by lengths of two or four bytes: items swapped, dropped, doubled, changed; lengths that lie. */
export function bundleMutator(prefix: 2 | 4) {
  const frame = prefix === 2 ? u16 : u32
  const most = 256 ** prefix - 1
  return (bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array => {
    if (chance(random, 5)) return mutateBytes(bytes, random, other)
    const items = unframed(bytes, prefix)
    const at = random.below(items.length)
    switch (random.below(6)) {
      case 0:
        items.splice(at, 1)
        break
      case 1:
        items.splice(random.below(items.length), 0, items[at]!)
        break
      case 2:
        items.splice(random.below(items.length), 0, ...items.splice(at, 1))
        break
      case 3:
        items[at] = mutateJson(items[at]!, random, oneOf(random, items))
        break
      case 4:
        items[at] = new Uint8Array()
        break
      default: {
        const { length } = items[at]!
        const lie = oneOf(random, [0, 1, length - 1, length + 1, length + prefix, most, most - 1, most >>> 1])
        const parts = items.map((item, i) => concat(frame(i === at ? Math.max(0, lie) : item.length), item))
        return concat(...parts)
      }
    }
    const fitting = items.map((item) => item.slice(0, most))
    return concat(...fitting.flatMap((item) => [frame(item.length), item]))
  }
}

function unframed(bytes: Uint8Array, prefix: 2 | 4): Uint8Array[] {
  const items: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    let length = 0
    for (let i = 0; i < prefix; i++) length = length * 256 + bytes[at + i]!
    items.push(bytes.slice(at + prefix, at + prefix + length))
    at += prefix + length
  }
  return items
}
