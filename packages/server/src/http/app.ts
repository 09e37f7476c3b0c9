import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import { rateLimit } from 'express-rate-limit'
import helmet from 'helmet'
import { pinoHttp } from 'pino-http'
import type { z } from 'zod'
import { BoardSurvey } from '../boardSurvey.js'
import type { ServerConfig } from '../config.js'
import type { Log } from '../log.js'
import type { Metrics } from '../metrics.js'
import type { Pages } from '../pages.js'
import { Problem, problemDocument } from '../problem.js'
import type { SubmitPorts } from '../submit.js'
import { type BodyBudget, bodyReader } from './body.js'
import { named, observed } from './observed.js'
import { openApiDocument } from './openapi.js'
import { pagesRouter } from './pages.js'
import { readiness } from './ready.js'
import { recordRouter } from './record.js'
import { type Route, apiRoutes } from './routes.js'
import { toProblem } from './toProblem.js'

export interface AppPorts extends SubmitPorts {
  readonly config: Pick<ServerConfig, 'rateLimit' | 'trustProxy'>
  readonly log: Log
  readonly metrics: Metrics
  /** How much of bodies is in memory at once, if not as usual. */
  readonly bodies?: BodyBudget
  /** For voters, if any. */
  readonly pages?: Pages
}

export function createApp(ports: AppPorts): Express {
  const { config, log, metrics } = ports
  const survey = new BoardSurvey(ports.store, ports.sequencer)
  const body = bodyReader(ports.bodies)
  metrics.show({
    ballotsWaiting: () => ports.ballots.length,
    bodyBytes: body.held,
    boards: () => survey.look(),
  })
  const app = express()
  app.disable('x-powered-by')
  app.set('etag', false)
  app.set('query parser', 'simple')
  app.set('trust proxy', config.trustProxy)
  app.use(observed(metrics))
  app.use(requestLog(log))
  app.use(helmet({ crossOriginResourcePolicy: { policy: 'cross-origin' } }))
  app.use(anyOrigin)

  app.get('/healthz', named('/healthz'), (_, response) => void response.type('text').send('ok\n'))
  app.get('/readyz', named('/readyz'), readiness(survey))
  app.get('/metrics', named('/metrics'), async (_, response) => {
    response.type(metrics.contentType).send(await metrics.text())
  })
  app.use('/elections', recordRouter(ports.records))

  if (config.rateLimit > 0) app.use('/api', limiter(config.rateLimit))
  const routes = apiRoutes(ports)
  const document = openApiDocument(routes)
  app.get('/api/openapi.json', named('/api/openapi.json'), (_, response) => void response.json(document))
  for (const route of routes) {
    const path = `/api${route.path.replaceAll(/\{(\w+)\}/g, ':$1')}`
    const reads = route.body === undefined ? [] : [body.read]
    app[route.method](path, named(`/api${route.path}`), ...reads, handler(route))
  }
  // Whoever asks for it as a WebSocket is answered by LiveSockets.
  app.get('/api/elections/:election/live', named('/api/elections/{election}/live'), (_, response) => {
    response.setHeader('Upgrade', 'websocket')
    throw new Problem('upgrade-required', 'this address is a WebSocket')
  })
  for (const path of new Set(routes.map((route) => route.path))) {
    const allowed = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase())
    app.all(`/api${path.replaceAll(/\{(\w+)\}/g, ':$1')}`, (request, response) => {
      response.setHeader('Allow', allowed.join(', '))
      throw new Problem('method-not-allowed', `${request.method} is not possible here`)
    })
  }
  if (ports.pages !== undefined) app.use(pagesRouter(ports.pages))
  app.use(() => {
    throw new Problem('not-found', 'there is nothing at this address')
  })
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error)
    const problem = toProblem(error, request.method, log)
    metrics.refused(problem.problem)
    const document = problemDocument(problem)
    if (document.status === 503) response.setHeader('Retry-After', '5')
    response.status(document.status).type('application/problem+json').send(JSON.stringify(document))
  })
  return app
}

function handler(route: Route) {
  return async (request: Request, response: Response) => {
    const answer = await route.handle({
      parameters: validated(route.parameters, request.params),
      query: validated(route.query, request.query),
      body: Buffer.isBuffer(request.body) ? new Uint8Array(request.body) : new Uint8Array(),
    })
    if (answer.location !== undefined) response.setHeader('Location', answer.location)
    response.setHeader('Cache-Control', 'no-store')
    response.status(answer.status).json(answer.json)
  }
}

function validated(schema: z.ZodObject, value: unknown): unknown {
  const { success, data, error } = schema.safeParse({ ...(value as object) })
  if (success) return data
  const findings = error.issues.map(({ path, message }) => ({
    code: 'PARAMETER',
    at: path.join('.') || 'parameters',
    why: message,
  }))
  throw new Problem('malformed', `${findings[0]!.at}: ${findings[0]!.why}`, findings)
}

/** Everything here is public and nothing depends on cookies, so pages of any origin may read and post. */
function anyOrigin(request: Request, response: Response, next: NextFunction): void {
  response.setHeader('Access-Control-Allow-Origin', '*')
  if (request.method !== 'OPTIONS') return next()
  response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST')
  response.setHeader('Access-Control-Allow-Headers', 'Content-Type')
  response.setHeader('Access-Control-Max-Age', '86400')
  response.status(204).end()
}

const limiter = (perMinute: number) =>
  rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, _response, next) =>
      next(new Problem('too-many-requests', `more than ${perMinute} requests in a minute`)),
  })

/** Who asked for what could tell who voted when: neither addresses nor credentials, trackers or bodies are logged. */
const requestLog = (log: Log) =>
  pinoHttp({
    logger: log,
    // What is busy for the moment is no error of ours; why, if it is one, has a line of its own.
    customLogLevel: (_request, { statusCode }) =>
      statusCode === 503 ? 'warn' : statusCode >= 500 ? 'error' : 'debug',
    serializers: {
      req: (request: { method: string; url: string }) => ({
        method: request.method,
        path: withoutKeys(request.url),
      }),
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      err: () => undefined,
    },
  })

/** Addresses as they may be logged: nothing that could be a code, a credential or a tracker, wherever somebody has written it. */
export const withoutKeys = (url: string): string =>
  url
    .replace(/\?.*/s, '')
    .replace(/(credentials|ballots|payload)\/.*/is, '$1/…')
    .split('/')
    .map((part, i, parts) => (isHarmless(part, parts[i - 1]) ? part : '…'))
    .join('/')

const isHarmless = (part: string, before = ''): boolean =>
  /^[\w.-]{0,12}$/.test(part) || (/^[0-9a-f]{64}$/.test(part) && /^elections$/i.test(before))
