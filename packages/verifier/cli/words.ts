import type { Definition } from '@cista/protocol'

/** “1 ballot”, “2 ballots”. */
export const counted = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`

/** The election's title in its first language. */
export const titleOf = ({ manifest }: Definition): string => manifest.title[manifest.languages[0]!] ?? ''

/** The id, and whether it still must be compared. */
export const compareId = (id: string, asked: string | undefined): string[] =>
  asked === undefined
    ? [
        `Election id  ${id}`,
        '             Compare it with the id that was published or came with your code: a forged',
        '             election verifies too, under another id. (--election ID compares for you.)',
      ]
    : [`Election id  ${id}`, '             the one you asked for']

/** Texts of records reach a terminal here: no byte of theirs may be a command to it. */
export const harmless = (text: string): string => text.replaceAll(/(?!\n)\p{Cc}/gu, '\ufffd')

/** JSON for programs. It leaves DEL and the C1 controls as they are, and some terminals obey them. */
export const jsonText = (value: unknown, indent?: number): string =>
  JSON.stringify(value, null, indent).replaceAll(
    /[\u007f-\u009f]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
