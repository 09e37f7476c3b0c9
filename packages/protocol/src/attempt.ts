// Specification: 07 Sequences and attempts · 07 When an entry is legal
import { type Payload, type PayloadOf, noReplaced } from './payloads.js'
import { type Refusal, refuse } from './refusal.js'

/** One attempt of the key ceremony. */
export interface Attempt {
  readonly number: number
  readonly joined: Map<number, PayloadOf<'trustee-joined'>>
  readonly dealt: Map<number, PayloadOf<'trustee-dealt'>>
  readonly confirmed: Set<number>
  /** Leaf hash of the last `trustee-dealt`. */
  lastDealt: string
  complaint?: PayloadOf<'trustee-complained'>
}

export const newAttempt = (number: number): Attempt => ({
  number,
  joined: new Map(),
  dealt: new Map(),
  confirmed: new Set(),
  lastDealt: noReplaced,
})

/** Whether a step of the ceremony is legal next. @param n how many trustees there are. */
export function judgeCeremony(
  attempt: Attempt,
  n: number,
  payload: Extract<Payload, { kind: `trustee-${string}` }>,
): Refusal | undefined {
  const { joined, dealt, confirmed, complaint, number, lastDealt } = attempt
  const { kind, value } = payload
  if (value.attempt !== number) return refuse('ATTEMPT', `attempt ${value.attempt}, but ${number} is running`)
  if (complaint !== undefined)
    return refuse('CEREMONY', `attempt ${number} ended with a complaint: restart the ceremony`)
  switch (kind) {
    case 'trustee-joined':
      if (joined.has(value.index)) return refuse('CEREMONY', `trustee ${value.index} has joined already`)
      return [...joined.values()].some(
        (j) => j.recipient === value.recipient || j.commitment === value.commitment,
      )
        ? refuse('CEREMONY', 'the recipient or commitment of another trustee')
        : undefined
    case 'trustee-dealt':
      if (joined.size < n) return refuse('CEREMONY', `only ${joined.size} of ${n} trustees have joined`)
      return dealt.has(value.index)
        ? refuse('CEREMONY', `trustee ${value.index} has dealt already`)
        : undefined
    case 'trustee-confirmed':
      if (dealt.size < n) return refuse('CEREMONY', `only ${dealt.size} of ${n} trustees have dealt`)
      if (confirmed.has(value.index))
        return refuse('CEREMONY', `trustee ${value.index} has confirmed already`)
      return value.dealt === lastDealt
        ? undefined
        : refuse('CEREMONY', 'confirms another dealing than the one on the board')
    case 'trustee-complained':
      if (dealt.size < n) return refuse('CEREMONY', `only ${dealt.size} of ${n} trustees have dealt`)
      return confirmed.has(value.index)
        ? refuse('CEREMONY', `trustee ${value.index} has confirmed already`)
        : undefined
  }
}
