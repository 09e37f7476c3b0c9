import type { NextFunction, RequestHandler, Response } from 'express'
import type { Metrics } from '../metrics.js'

const template = Symbol('template of the route')
type Named = Response & { [template]?: string }

/** Tells the metrics how long each request took, by the template of its route. */
export const observed =
  (metrics: Pick<Metrics, 'request'>): RequestHandler =>
  ({ method }, response: Named, next) => {
    const started = performance.now()
    response.once('close', () => {
      const seconds = (performance.now() - started) / 1000
      metrics.request(method, response[template] ?? 'none', response.statusCode, seconds)
    })
    next()
  }

/** Says which route a request has taken. */
export const named =
  (route: string) =>
  (_request: unknown, response: Named, next: NextFunction): void => {
    response[template] = route
    next()
  }
