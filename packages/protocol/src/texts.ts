// Specification: 02 Texts
import { type Codec, pattern, refine, text } from '@cista/board'
import { limits } from './limits.js'

/** Control characters, line and paragraph separators, and what changes the direction of a text (Unicode TR 9, TR 36). */
const forbidden = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u
/**
 * What shows nothing: Default_Ignorable_Code_Point of Unicode 15 and the braille blank, listed so that no verifier depends on its
 * version of Unicode. Variation selectors are apart: emoji, Mongolian and Japanese names need them.
 */
const invisible =
  /[\u{34f}\u00ad\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}\u{e01f0}-\u{e0fff}]/u
const variationSelectors = /[\u{180b}-\u{180d}\u{180f}]|[\u{fe00}-\u{fe0f}]|[\u{e0100}-\u{e01ef}]/gu
const forbiddenInProse = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/u

function textFault(value: string, bad: RegExp): string | undefined {
  if (value !== value.normalize('NFC')) return 'not in Unicode normalization form C'
  if (bad.test(value)) return 'holds a control, invisible or direction-changing character'
  return undefined
}

function nameFault(value: string): string | undefined {
  if (invisible.test(value)) return 'holds a character that cannot be seen'
  return textFault(value, forbidden)
}

/** A name or a title: one line, something to see, no trick characters. */
export const nameText: Codec<string> = refine(text(limits.nameBytes, 1), (value) =>
  value.trim() !== value ? 'starts or ends with a space' : nameFault(value),
)
/** Prose: may have several lines. */
export const proseText: Codec<string> = refine(text(limits.textBytes, 1), (value) =>
  textFault(value, forbiddenInProse),
)
export const reasonText: Codec<string> = refine(text(limits.reasonBytes, 1), (value) =>
  textFault(value, forbiddenInProse),
)

/** Two names with the same key look alike: NFC, case, variation selectors and runs of spaces do not count. */
export function lookAlikeKey(name: string): string {
  return name
    .replaceAll(variationSelectors, '')
    .normalize('NFC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFC')
    .replaceAll(/\s+/gu, ' ')
}

/** Names of contests, options, styles and units inside a record. */
export const identifier: Codec<string> = pattern(
  /[a-z0-9]+(?:[-_][a-z0-9]+)*/,
  'an id of small letters, digits and single dashes',
  64,
)
/** A language tag of BCP 47, in its usual case: `en`, `pt-BR`, `zh-Hant`. */
export const language: Codec<string> = pattern(
  /[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?/,
  'a language tag like en or zh-Hant',
  16,
)
