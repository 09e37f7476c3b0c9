// Specification: 07 When an entry is legal
/** Why an entry is not legal where it stands. */
export interface Refusal {
  readonly code:
    | 'PHASE'
    | 'SEQUENCE'
    | 'ATTEMPT'
    | 'TIME'
    | 'CEREMONY'
    | 'NUMBERS'
    | 'ROLL'
    | 'ROLL_WEIGHT'
    | 'BALLOT_CREDENTIAL'
    | 'BALLOT_STYLE'
    | 'BALLOT_REPLACES'
    | 'BALLOT_REVISIONS'
    | 'BALLOT_CANCELLED'
  readonly why: string
}
export const refuse = (code: Refusal['code'], why: string): Refusal => ({ code, why })
