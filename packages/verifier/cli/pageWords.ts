import type { Definition } from '@cista/protocol'
import type { PageInForce } from '@cista/verifier'
import type { ComparedFile, ComparedPage } from './pageCompare.js'
import { compareId, counted, titleOf } from './words.js'

const words = { same: 'same', different: 'DIFFERENT', missing: 'MISSING', 'no-answer': 'no answer' } as const
/** Of what a page names beside; the rest is counted. */
const unlistedShown = 50

export interface PageSaid {
  readonly status: 0 | 1 | 2
  readonly lines: readonly string[]
}

/** What was compared, for people, and the exit status. @param upTo the board's entries. */
export function pageWords(
  definition: Definition,
  { files, since }: PageInForce,
  upTo: { readonly size: number; readonly time: string },
  base: URL,
  compared: ComparedPage | undefined,
): PageSaid {
  const heading = [
    `The voter's page at ${base.href}, of “${titleOf(definition)}”`,
    ...compareId(definition.id, definition.id),
    `Hashes       ${since === undefined ? 'of the manifest' : `of entry ${since.index}, ${since.time}: “${since.reason}”`}`,
    `Board        ${counted(upTo.size, 'entry', 'entries')}, the last of ${upTo.time}`,
    '',
  ]
  if (compared === undefined)
    return {
      status: 2,
      lines: [
        ...heading,
        since === undefined
          ? 'NOTHING TO COMPARE. The manifest of this election lists no files of a page, and no entry has since.'
          : 'NOTHING TO COMPARE. That entry lists no files.',
        'So nobody can say whether the page that voters get is the one that the organisers meant. Ask them why.',
      ],
    }
  const loaded = compared.unlisted.filter(({ loads }) => loads)
  const unlisted = [...loaded, ...compared.unlisted.filter(({ loads }) => !loads)]
  const bad = compared.files.filter(({ outcome }) => outcome === 'different' || outcome === 'missing')
  const unknown = compared.files.filter(({ outcome }) => outcome === 'no-answer')
  const status = bad.length + loaded.length > 0 ? 1 : unknown.length > 0 ? 2 : 0
  return {
    status,
    lines: [
      ...heading,
      ...compared.files.map(fileLine),
      ...unlisted
        .slice(0, unlistedShown)
        .map(({ path, names, loads }) =>
          loads
            ? `  NOT LISTED ${names}, which ${nameOf(path)} loads`
            : `  not listed ${names}, to which ${nameOf(path)} has a link`,
        ),
      ...(unlisted.length > unlistedShown
        ? [`  and ${unlisted.length - unlistedShown} more that are not listed`]
        : []),
      '',
      ...verdict(status, Object.keys(files).length, bad.length, loaded.length, unknown.length),
    ],
  }
}

const nameOf = (path: string): string => (path === '' ? '/' : path)

const fileLine = ({ path, outcome, why }: ComparedFile): string =>
  `  ${words[outcome].padEnd(10)} ${nameOf(path)}${why === '' ? '' : `  (${why})`}`

function verdict(status: PageSaid['status'], all: number, bad: number, loaded: number, unknown: number) {
  const limits = [
    'This is what the server sent to this program, here and now. It can tell programs from browsers, and send others other bytes:',
    'run it from several places, at several times, and let others do so. It does not prove what any voter’s browser was sent,',
    'nor that the listed files are good: for that, build them from the source and compare the hashes. Only HTML is searched for',
    'what is not listed, not scripts.',
  ]
  if (status === 0)
    return [
      `SAME. ${counted(all, 'listed file is', 'listed files are')} as the organisers have published.`,
      ...limits,
    ]
  if (status === 2)
    return [
      `UNKNOWN. ${counted(unknown, 'file', 'files')} did not come; whatever came is as the organisers have published. Ask again.`,
    ]
  const what = [
    ...(bad > 0 ? [`${counted(bad, 'file is', 'files are')} not as the organisers have published`] : []),
    ...(loaded > 0 ? [`${counted(loaded, 'address is', 'addresses are')} loaded and not listed`] : []),
    ...(unknown > 0 ? [`${counted(unknown, 'file', 'files')} did not come`] : []),
  ]
  return [
    `DIFFERENT. ${what.join(', ')}.`,
    'Look first whether the address is that of the page’s folder, and whether a “page-changed” has just been posted. If so, keep',
    'what was sent (curl --compressed), with time and place, ask from another network, and tell the organisers and other observers.',
    'Nobody should vote with a page that differs.',
    ...limits,
  ]
}
