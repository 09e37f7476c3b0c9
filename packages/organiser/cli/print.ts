import { counted } from '@cista/organiser'
import { harmless } from '@cista/terminal'

export const print = (line: string): void => console.log(harmless(line))
export const say = (line: string): void => console.error(harmless(line))

export const signaturesNeeded = (n: number): string =>
  `${counted(n, 'more signature')} ${n === 1 ? 'is' : 'are'} needed`
