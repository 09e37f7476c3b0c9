import type { Progress } from '@cista/verifier'

/** One line that is written over and over on a terminal; nothing where the output is no terminal. */
export function terminalProgress(out: NodeJS.WriteStream): { readonly step: Progress; clear(): void } {
  let shown = ''
  const show = (text: string) => {
    if (!out.isTTY || text === shown) return
    out.write(`\r\u001b[2K${text}`)
    shown = text
  }
  return {
    step: ({ check, done, total }) => show(total > 0 ? `${check}  ${done} of ${total}` : `${check}  ${done}`),
    clear: () => show(''),
  }
}
