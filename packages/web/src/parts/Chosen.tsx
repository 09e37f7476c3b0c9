import type { Choice, Contest } from '@cista/protocol'
import type { ComponentChildren } from 'preact'
import { Own } from '../text/texts.js'
import { ChoiceLines } from './ChoiceLines.js'

interface ChosenProps {
  readonly contest: Contest
  readonly choice: Choice
  /** What there is to say about it, and to do. */
  readonly children: ComponentChildren
}

/** A question, and what was chosen there. */
export const Chosen = ({ contest, choice, children }: ChosenProps) => (
  <section class="reviewed">
    <h2>
      <Own text={contest.title} />
    </h2>
    <ChoiceLines contest={contest} choice={choice} />
    {children}
  </section>
)
