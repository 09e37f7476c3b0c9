import type { Progress } from '@cista/verifier'

/** One line that is written over and over on a terminal; nothing where the output is no terminal. */
export function terminalLine(out: NodeJS.WriteStream): { show(text: string): void; clear(): void } {
  let shown = ''
  const show = (text: string) => {
    if (!out.isTTY || text === shown) return
    out.write(`\r\u001b[2K${text}`)
    shown = text
  }
  return { show, clear: () => show('') }
}

/** What is being checked, as such a line. */
export function terminalProgress(out: NodeJS.WriteStream): { readonly step: Progress; clear(): void } {
  const { show, clear } = terminalLine(out)
  return {
    step: ({ check, done, total }) => show(total > 0 ? `${check}  ${done} of ${total}` : `${check}  ${done}`),
    clear,
  }
}
