import type { Attack } from './attacks/attack.js'
import { ballotAttacks } from './attacks/ballots.js'
import { boardAttacks } from './attacks/board.js'
import { ceremonyAttacks } from './attacks/ceremonies.js'
import { encodingAttacks } from './attacks/encodings.js'
import { entryAttacks } from './attacks/entries.js'
import { manifestAttacks } from './attacks/manifest.js'
import { phaseAttacks } from './attacks/phases.js'
import { replayAttacks } from './attacks/replays.js'
import { rollAttacks } from './attacks/roll.js'
import { sequenceAttacks } from './attacks/sequences.js'
import { tallyAttacks } from './attacks/tally.js'
import { trusteeAttacks } from './attacks/trustees.js'

/** Every way to corrupt a record that we could think of, by the check that must find it. */
export const attacks: readonly Attack[] = [
  ...manifestAttacks,
  ...boardAttacks,
  ...entryAttacks,
  ...phaseAttacks,
  ...sequenceAttacks,
  ...ceremonyAttacks,
  ...trusteeAttacks,
  ...rollAttacks,
  ...ballotAttacks,
  ...tallyAttacks,
  ...encodingAttacks,
  ...replayAttacks,
]
