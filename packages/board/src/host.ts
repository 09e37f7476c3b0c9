// Specification: 02 Bytes in text
// What every JavaScript host has, though no ECMAScript library declares it (WHATWG Encoding).
declare class TextEncoder {
  encode(text: string): Uint8Array
}
declare class TextDecoder {
  constructor(label: 'utf-8', options: { fatal: boolean; ignoreBOM: boolean })
  decode(bytes: Uint8Array): string
}

export const textEncoder = new TextEncoder()
// With `ignoreBOM` a byte order mark stays in the text, where it can be seen and refused.
export const textDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
