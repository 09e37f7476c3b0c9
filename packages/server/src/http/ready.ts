import type { RequestHandler } from 'express'
import type { BoardSurvey } from '../boardSurvey.js'
import { Problem } from '../problem.js'
import { Halted } from '../sequencer.js'

/** Milliseconds after which a database that does not answer counts as away. */
const patience = 3_000

/**
 * Whether this process should be sent requests: the database answers, every board that has not ended is loaded, none is halted. Says which of
 * it is not so; who only wants to know whether the process lives asks elsewhere.
 */
export const readiness =
  (survey: BoardSurvey): RequestHandler =>
  async (_request, response) => {
    const { loading, halted } = await inTime(survey.look())
    if (halted > 0) throw new Halted(`${halted} ${halted === 1 ? 'board is' : 'boards are'} halted`)
    if (loading > 0)
      throw new Problem('busy', `${loading} ${loading === 1 ? 'board is' : 'boards are'} still being loaded`)
    response.type('text').send('ready\n')
  }

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Problem('busy', 'the database does not answer')), patience)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
