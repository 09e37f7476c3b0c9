/** A file that was built with this page, if it has the hash that it had then; rejects where it does not arrive or is another. */
export const fetchBuilt = (path: string, hash: string): Promise<Response> =>
  fetch(new URL(path, document.baseURI), { integrity: `sha256-${hash}` })
