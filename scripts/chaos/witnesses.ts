import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../demo/processes.js'
import { Machine } from './machine.js'

export interface ChaosWitnesses {
  readonly machines: readonly Machine[]
  /** Verifier keys, for the manifest. */
  readonly keys: readonly string[]
  /** Makes them cosign the board with this verifier key. */
  follow(board: string): Promise<void>
}

/** Witnesses in processes of their own; their addresses for the server are in `folder`/witnesses. */
export async function startWitnesses(count: number, folder: string): Promise<ChaosWitnesses> {
  const elections = join(folder, 'elections')
  await writeFile(elections, '# filled when there is an election\n')
  const indices = Array.from({ length: count }, (_, i) => i + 1)
  const key = (i: number) => join(folder, `witness-${i}.key`)
  const keys = await Promise.all(
    indices.map(async (i) => {
      const { out } = await run('witness', ['key', 'new', '--file', key(i), '--name', `witness.example/${i}`])
      const vkey = /^(?:.* )?(\S+\+[0-9a-f]{8}\+\S+)$/m.exec(out)?.[1]
      if (vkey === undefined) throw new Error(`cista-witness printed no key:\n${out}`)
      return vkey
    }),
  )
  const machines = indices.map(
    (i) =>
      new Machine(`witness ${i}`, 'witness', (port) => [
        'run',
        '--file',
        key(i),
        '--state',
        join(folder, `witness-${i}`),
        '--elections',
        elections,
        '--port',
        `${port}`,
      ]),
  )
  await Promise.all(machines.map((machine) => machine.start()))
  await writeFile(join(folder, 'witnesses'), keys.map((vkey, i) => `${vkey} ${machines[i]!.url}\n`).join(''))
  return {
    machines,
    keys,
    follow: (board) => writeFile(elections, `${board}\n`),
  }
}
