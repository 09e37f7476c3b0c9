/** Texts of servers and records reach a terminal through this: no byte of theirs may be a command to it. */
export const harmless = (text: string): string => text.replaceAll(/(?!\n)\p{Cc}/gu, '\ufffd')
