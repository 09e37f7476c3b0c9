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
