// Specification: 09 Report
/** The checks, in the order in which each consumes the output of those before. Numbers and titles are the specification's. */
export const checklist = [
  { id: 'V1', title: 'The definition of the election is the published one' },
  { id: 'V2', title: 'The board is whole: nothing missing, changed or added' },
  { id: 'V3', title: 'Every entry is signed and legal where it stands' },
  { id: 'V4', title: 'The trustees made the election key together' },
  { id: 'V5', title: 'The roll is complete and every change accounted for' },
  { id: 'V6', title: 'Every ballot is a valid vote of somebody on the roll' },
  { id: 'V7', title: 'The right ballots are counted, each once' },
  { id: 'V8', title: 'The encrypted sums are the sums of these ballots' },
  { id: 'V9', title: 'The trustees decrypted these sums and nothing else' },
  { id: 'V10', title: 'The published totals are what was decrypted' },
] as const
export type CheckId = (typeof checklist)[number]['id']

/** Every code a finding can carry, by the check that reports it. */
export const findingCodes = {
  V1: [
    'MANIFEST_MISSING',
    'MANIFEST_ENCODING',
    'MANIFEST_ID',
    'MANIFEST_TEXT',
    'MANIFEST_REFERENCE',
    'MANIFEST_KEY',
    'MANIFEST_RULE',
    'MANIFEST_LIMIT',
    'MANIFEST_SIGNATURE',
  ],
  V2: [
    'BOARD_CHECKPOINT',
    'BOARD_FILE',
    'BOARD_STRAY',
    'BOARD_ENTRY',
    'BOARD_CHAIN',
    'BOARD_PAYLOAD',
    'BOARD_TILE',
    'BOARD_ROOT',
    'BOARD_EARLIER',
  ],
  V3: [
    'ENTRY_KIND',
    'ENTRY_PAYLOAD',
    'SIGNATURE_SIGNERS',
    'SIGNATURE_INVALID',
    'PHASE',
    'SEQUENCE',
    'ATTEMPT',
    'TIME',
    'CEREMONY',
    'NUMBERS',
    'CHECKPOINT_EMBEDDED',
  ],
  V4: ['DEALING_COMMITMENT', 'DEALING_PROOF', 'KEY_ELECTION', 'KEY_TRUSTEE'],
  V5: ['ROLL', 'ROLL_WEIGHT', 'ROLL_KEY'],
  V6: [
    'BALLOT_CREDENTIAL',
    'BALLOT_CANCELLED',
    'BALLOT_STYLE',
    'BALLOT_REPLACES',
    'BALLOT_REVISIONS',
    'BALLOT_SIGNATURE',
    'BALLOT_ENCODING',
    'BALLOT_PROOF',
  ],
  V7: ['COUNT_UNITS', 'COUNT_CLASSES', 'COUNT_ROOT'],
  V8: ['TALLY_WITHHELD', 'TALLY_SUMS'],
  V9: ['DECRYPTION_SHAPE', 'DECRYPTION_PROOF', 'DECRYPTION_TOO_FEW'],
  V10: ['RESULT_UNITS', 'RESULT_TOTALS'],
} as const satisfies Record<CheckId, readonly string[]>
export type FindingCode = (typeof findingCodes)[CheckId][number]
