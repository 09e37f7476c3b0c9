import type { Contest } from '@cista/protocol'
import { Own } from '../text/texts.js'

/** An option as voters read it: its name, and what there is to say about it. */
export function OptionName({ option }: { readonly option: Contest['options'][number] }) {
  return (
    <span>
      <Own text={option.title} />
      {option.description !== undefined && (
        <span class="hint">
          <Own text={option.description} />
        </span>
      )}
    </span>
  )
}
