import { type Page, styles } from './bundle.js'
import { hashOf } from './hash.js'

/**
 * For pages on a server that sends no headers of its own; `cista-server` sends the same as a header, and forbids frames besides, which a page
 * itself cannot.
 */
export const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Workers are started from bytes whose hash was checked (src/worker/start.ts).
  'worker-src blob:',
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types cista-worker',
].join('; ')

export function pageHtml(page: Page, files: ReadonlyMap<string, string>): string {
  const script = `assets/${page}.js`
  const integrity = (path: string) => `sha256-${hashOf(files.get(path)!)}`
  const links = styles
    .slice(0, page === 'vote' ? 1 : styles.length)
    .map((name) => `assets/${name}`)
    .map((path) => `<link rel="stylesheet" href="${path}" integrity="${integrity(path)}">`)
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <meta name="color-scheme" content="light dark">
    <title>Cista</title>
    <link rel="icon" href="data:,">
    ${links.join('\n    ')}
    <script type="module" src="${script}" integrity="${integrity(script)}"></script>
  </head>
  <body>
    <div id="page"></div>
    <noscript>
      <p>This page needs JavaScript: your vote is encrypted on your own device. Without it, ask those who run the election how else you can vote.</p>
    </noscript>
  </body>
</html>
`
}
