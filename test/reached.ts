import { Session } from 'node:inspector/promises'
import { filesBelow, read } from './files.js'

/** Begins to count calls. @returns what stops, and gives every function called since: `board/src/codec.ts decodeDocument`. */
export async function countCalls(): Promise<() => Promise<ReadonlySet<string>>> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  return async () => {
    const { result } = await session.post('Profiler.takePreciseCoverage')
    await session.post('Profiler.stopPreciseCoverage')
    session.disconnect()
    const called = result.flatMap(({ url, functions }) => {
      const [, path] = /\/packages\/([a-z]+\/(?:src|cli)\/[^?]*)/.exec(url) ?? []
      const names = functions.filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0).map((f) => f.functionName)
      return path === undefined ? [] : names.map((name) => `${path} ${name}`)
    })
    return new Set(called)
  }
}

/** Every function that packages export under a name that matches, in the form of `countCalls`. */
export function exportedFunctions(name: RegExp): string[] {
  const declared = /^export (?:async )?(?:function |const )(\w+)(?: = (?:async )?\(|: \w+ = |\()/gm
  return filesBelow('packages')
    .filter((path) => /^packages\/[a-z]+\/(?:src|cli)\/.*\.ts$/.test(path))
    .flatMap((path) =>
      [...read(path).matchAll(declared)]
        .map(([, found = '']) => found)
        .filter((found) => name.test(found))
        .map((found) => `${path.slice('packages/'.length)} ${found}`),
    )
}
