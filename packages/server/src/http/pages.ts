import type { RequestHandler, Response } from 'express'
import type { Pages } from '../pages.js'
import { Problem } from '../problem.js'
import { named } from './observed.js'

/**
 * What a page may do (Content Security Policy, level 3). Everything comes from this server, nothing is made of strings, and nothing is sent
 * elsewhere. That `'self'` in `connect-src` covers `ws:` and `wss:` of the same host and port too is level 3's word, and what Chromium
 * does; older browsers fall back to asking. The one policy of trusted types is for the address of a worker.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  'worker-src blob:',
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types cista-worker',
].join('; ')

/** A page reads codes and trackers with the camera, and needs nothing else that tells of a person or a place. */
const permissionsPolicy = [
  'camera=(self)',
  ...[
    'accelerometer',
    'autoplay',
    'browsing-topics',
    'display-capture',
    'encrypted-media',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'local-fonts',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'publickey-credentials-create',
    'publickey-credentials-get',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ].map((feature) => `${feature}=()`),
].join(', ')

/**
 * The pages below `/`, whose names are those of the files and nothing else: an address is looked up, never joined to a folder. They are not
 * counted against the rate limit: they are in memory, and whoever is stopped there must still be able to read why.
 */
export function pagesRouter(pages: Pages): RequestHandler {
  const name = named('/{page}')
  return (request, response, next) => {
    const page = pages.get(request.path === '/' ? 'index.html' : request.path.slice(1))
    if (page === undefined) return next()
    name(request, response, () => undefined)
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD')
      throw new Problem('method-not-allowed', `${request.method} is not possible here`)
    }
    pageHeaders(response)
    const { etag, coding, bytes } = page.forms.find(
      (form) => form.coding === 'identity' || request.acceptsEncodings(form.coding) !== false,
    )!
    if (coding !== 'identity') response.setHeader('Content-Encoding', coding)
    // Express answers 304 where the client has these very bytes, and sends none for HEAD.
    response.setHeader('ETag', etag)
    response.setHeader('Content-Type', page.type)
    response.send(bytes)
  }
}

/** Beside those that every answer has. */
function pageHeaders(response: Response): void {
  response.setHeader('Content-Security-Policy', contentSecurityPolicy)
  response.setHeader('Permissions-Policy', permissionsPolicy)
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
  response.setHeader('X-Frame-Options', 'DENY')
  // The record and the API are for pages of any origin, the pages for none but their own.
  response.removeHeader('Access-Control-Allow-Origin')
  // A build has the names of the one before: whoever keeps a file asks whether it is still the same.
  response.setHeader('Cache-Control', 'no-cache')
  response.setHeader('Vary', 'Accept-Encoding')
}
