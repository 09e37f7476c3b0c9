import type { Attack } from './attacks/attack.js'
import { boardAttacks } from './attacks/board.js'
import { manifestAttacks } from './attacks/manifest.js'

/** Every way to corrupt a record that we could think of, by the check that must find it. */
export const attacks: readonly Attack[] = [...manifestAttacks, ...boardAttacks]
