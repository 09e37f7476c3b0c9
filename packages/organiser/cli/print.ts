import { counted } from '@cista/organiser'

/** Texts of servers and records reach a terminal here: no byte of theirs may be a command to it. */
const harmless = (line: string) => line.replaceAll(/(?!\n)\p{Cc}/gu, '\ufffd')
export const print = (line: string): void => console.log(harmless(line))
export const say = (line: string): void => console.error(harmless(line))

export const signaturesNeeded = (n: number): string =>
  `${counted(n, 'more signature')} ${n === 1 ? 'is' : 'are'} needed`
