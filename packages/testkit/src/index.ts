export {
  type Pabulib,
  type PabulibBallot,
  type PabulibKind,
  type PabulibProject,
  type PabulibRules,
  parsePabulib,
} from './pabulib.js'
export { pabulibLanguage, publishedTotals, toContest } from './pabulibContest.js'
export { loadPabulib, pabulibFiles } from './pabulibData.js'
export { PabulibError } from './pabulibText.js'
export {
  type TestKey,
  type TestKeys,
  manifestBytes,
  testKey,
  testKeys,
  testManifest,
  testTimes,
} from './manifest.js'
export { Simulation, type SimulationPlan, testCode } from './simulation.js'
export { attacks } from './attacks.js'
export type { Attack, Exhibit } from './attacks/attack.js'
export { type Sample, samples } from './samples.js'
export { loadVector, vectorFiles, vectorFolders } from './vectorFolder.js'
export {
  type Expected,
  type Vector,
  expectedOf,
  makeGiven,
  makeVector,
  storedExhibit,
  vectors,
} from './vectors.js'
export { memoryConnection } from './memoryConnection.js'
export { abortedElection, finishedElection, north, votingElection } from './everything.js'
export { type LogRow, logRows, relogged } from './relog.js'
