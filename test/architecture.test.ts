import { builtinModules } from 'node:module'
import { posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { filesBelow, folders, isSource, read } from './files.js'
import { importsOf, packageOf } from './imports.js'

interface Row {
  /** Packages of this repository that anything in it may import. */
  readonly cista: readonly string[]
  /** Packages of this repository that only its command may import. */
  readonly cistaCli?: readonly string[]
  /** Third parties that anything in it may import. */
  readonly src?: readonly string[]
  /** Third parties that only its command may import. */
  readonly cli?: readonly string[]
  /** Whether its `src` may use Node's own modules; commands always may. */
  readonly node?: true
  /** Whether its `src` is for browsers only, and is compiled with what they have. */
  readonly browser?: true
}

// Who may import whom. CONTRIBUTING.md shows it for people; here it is held.
const table: Readonly<Record<string, Row>> = {
  crypto: { cista: [], src: ['@noble/curves', '@noble/hashes'] },
  board: { cista: [], src: ['@noble/curves', '@noble/hashes', 'canonicalize'] },
  protocol: { cista: ['crypto', 'board'] },
  verifier: { cista: ['crypto', 'board', 'protocol'], cli: ['commander', 'piscina'] },
  client: { cista: ['crypto', 'board', 'protocol', 'verifier'] },
  trustee: {
    cista: ['crypto', 'board', 'protocol', 'verifier'],
    cistaCli: ['terminal'],
    src: ['age-encryption'],
    cli: ['commander'],
  },
  organiser: {
    cista: ['crypto', 'board', 'protocol', 'verifier'],
    cistaCli: ['terminal'],
    src: ['age-encryption'],
    cli: ['commander', 'csv-parse', 'yaml'],
  },
  terminal: { cista: ['protocol'], src: ['commander', '@clack/prompts'], node: true },
  witness: { cista: ['board'], cli: ['commander'] },
  server: {
    cista: ['board', 'protocol', 'verifier'],
    src: [
      '@electric-sql/pglite',
      'commander',
      'express',
      'express-rate-limit',
      'helmet',
      'kysely',
      'pg',
      'pino',
      'pino-http',
      'piscina',
      'prom-client',
      'ws',
      'yazl',
      'zod',
    ],
    node: true,
  },
  // Its build runs in Node; what is in src runs in a browser.
  web: { cista: ['board', 'protocol', 'verifier', 'client'], src: ['preact', 'qr'], browser: true },
  testkit: {
    cista: ['crypto', 'board', 'protocol', 'verifier', 'client', 'trustee', 'organiser', 'server'],
    src: ['csv-parse', 'fast-check'],
    node: true,
  },
}

/** Why a file of a package may not import a module, if so. `file` is relative to the package's folder. */
function fault(name: string, row: Row, file: string, specifier: string): string | undefined {
  const part = file.split('/', 1)[0] ?? ''
  if (specifier === '<computed>') return 'a computed import, which nothing can check'
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file), specifier)
    // src and cli are compiled apart, so that a relative path between them is wrong once built.
    return target.startsWith(`${part}/`) ? undefined : `leaves ${part}/`
  }
  if (specifier.startsWith('node:'))
    return row.node === true || part === 'cli' ? undefined : 'a module of Node'
  if (builtinModules.includes(packageOf(specifier))) return 'a module of Node, without its prefix'
  const wanted = packageOf(specifier)
  if (wanted.startsWith('@cista/')) {
    if (specifier !== wanted) return 'reaches inside another package'
    const other = wanted.slice('@cista/'.length)
    const command = [name, ...(row.cistaCli ?? [])]
    if (row.cista.includes(other) || (part === 'cli' && command.includes(other))) return undefined
    return command.includes(other) ? 'only for the command' : 'not its to import'
  }
  if (row.src?.includes(wanted) === true || (part === 'cli' && row.cli?.includes(wanted) === true))
    return undefined
  return row.cli?.includes(wanted) === true ? 'only for the command' : 'not its to import'
}

describe.each(folders('packages'))('packages/%s', (name) => {
  const row = table[name] ?? { cista: [] }
  const manifest = JSON.parse(read(`packages/${name}/package.json`))

  it('has a row in the table', () => expect(Object.keys(table)).toContain(name))

  it('depends on what the table allows, at exact versions', () => {
    const cista = [...row.cista, ...(row.cistaCli ?? [])].map((other) => `@cista/${other}`)
    const allowed = [...cista, ...(row.src ?? []), ...(row.cli ?? [])]
    const dependencies: Record<string, string> = manifest.dependencies ?? {}
    expect(Object.keys(dependencies).filter((dependency) => !allowed.includes(dependency))).toEqual([])
    expect(Object.entries(dependencies).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
    expect(
      Object.keys(manifest.devDependencies ?? {}).filter((types) => !types.startsWith('@types/')),
    ).toEqual([])
    expect(manifest.optionalDependencies ?? manifest.peerDependencies).toBeUndefined()
  })

  it('imports what the table allows, and has declared it', () => {
    const found = ['src', 'cli']
      .filter((part) => folders(`packages/${name}`).includes(part))
      .flatMap((part) => filesBelow(`packages/${name}/${part}`))
      .filter(isSource)
      .flatMap((path) => {
        const file = path.slice(`packages/${name}/`.length)
        return importsOf(read(path)).map((specifier) => ({ file, specifier }))
      })
    const faults = found.flatMap(({ file, specifier }) => {
      const why = fault(name, row, file, specifier)
      return why === undefined ? [] : [`${file}: ${specifier}: ${why}`]
    })
    expect(faults).toEqual([])

    const declared = new Set([...Object.keys(manifest.dependencies ?? {}), `@cista/${name}`])
    const foreign = found.filter(({ specifier }) => !/^(\.|node:)/.test(specifier))
    expect(foreign.filter(({ specifier }) => !declared.has(packageOf(specifier)))).toEqual([])
  })
})

const pure = Object.keys(table).filter((name) => table[name]?.node !== true && table[name]?.browser !== true)

it.each(pure)('packages/%s is compiled without anything of Node or of a browser', (name) => {
  const base = JSON.parse(read('tsconfig.base.json')).compilerOptions
  expect(base).toMatchObject({ lib: ['es2023'], types: [] })
  const own = JSON.parse(read(`packages/${name}/tsconfig.json`)).compilerOptions
  expect(own).not.toHaveProperty('lib')
  expect(own).not.toHaveProperty('types')
})

describe('the table', () => {
  it.each([
    ['server', 'src/seal.ts', '@cista/crypto'],
    ['server', 'src/witnesses.ts', '@cista/witness'],
    ['witness', 'src/witness.ts', '@cista/protocol'],
    ['witness', 'src/state.ts', 'node:fs'],
    ['crypto', 'src/index.ts', '@cista/board'],
    ['verifier', 'src/index.ts', '@cista/testkit'],
    ['verifier', 'src/index.ts', '@cista/protocol/src/ballot.js'],
    ['verifier', 'src/index.ts', 'commander'],
    ['verifier', 'cli/main.ts', 'express'],
    ['verifier', 'cli/main.ts', '../src/index.js'],
    ['verifier', 'cli/main.ts', '@cista/terminal'],
    ['trustee', 'src/state.ts', '@cista/terminal'],
    ['organiser', 'src/acts.ts', '@cista/terminal'],
    ['trustee', 'cli/main.ts', '@clack/prompts'],
    ['terminal', 'src/evidence.ts', '@cista/verifier'],
    ['terminal', 'src/passphrase.ts', '@cista/trustee'],
    ['client', 'src/index.ts', 'node:fs'],
    ['client', 'src/index.ts', 'fs/promises'],
    ['client', 'src/index.ts', '../../crypto/src/index.js'],
    ['client', 'src/index.ts', '<computed>'],
    ['protocol', 'src/kinds/ranking.ts', '../../test/kit.js'],
    ['web', 'src/vote/App.tsx', '@cista/crypto'],
    ['web', 'src/vote/App.tsx', 'node:crypto'],
    ['web', 'src/vote/App.tsx', '../../build/main.js'],
    ['server', 'src/pages.ts', '@cista/web'],
  ])('refuses that %s imports in %s: %s', (name, file, specifier) => {
    expect(fault(name, table[name] ?? { cista: [] }, file, specifier)).toBeTypeOf('string')
  })

  it.each([
    ['verifier', 'cli/main.ts', '@cista/verifier'],
    ['verifier', 'cli/main.ts', 'node:fs/promises'],
    ['trustee', 'cli/main.ts', '@cista/terminal'],
    ['organiser', 'cli/session.ts', '@cista/terminal'],
    ['terminal', 'src/descriptor.ts', 'node:fs'],
    ['crypto', 'src/groups.ts', '@noble/curves/ed25519.js'],
    ['protocol', 'src/kinds/ranking.ts', '../form.js'],
    ['server', 'src/main.ts', 'node:http'],
    ['web', 'src/vote/App.tsx', 'preact/hooks'],
  ])('allows that %s imports in %s: %s', (name, file, specifier) => {
    expect(fault(name, table[name] ?? { cista: [] }, file, specifier)).toBeUndefined()
  })
})

describe('importsOf', () => {
  it.each([
    ["import a from 'x'", ['x']],
    ['import type { A } from "x"', ['x']],
    ["import * as a from 'x'; import 'y'", ['x', 'y']],
    ["import {\n  a, // don't\n  b,\n} from 'x'", ['x']],
    ["import { a } /* 'quoted' */ from 'x'", ['x']],
    ["const url = 'https://example.org'; import a from 'x'", ['x']],
    ["const quote = /['\"`]/\nexport { a } from 'x'", ['x']],
    ["export * from 'x'", ['x']],
    ["export type { A } from 'x'", ['x']],
    ["const a = await import('x')", ['x']],
    ["type A = import('x').A", ['x']],
    ['const a = import(`x`)', ['x']],
    ["const a = require('x')", ['x']],
    ["const a = import.meta.resolve('x')", ['x']],
    ['const a = import(name)', ['<computed>']],
    ["const a = import('x' + name)", ['<computed>']],
    ['const a = import(`x/${name}`)', ['<computed>']],
    ["interface A { kind: 'x' }\nexport interface B { from: 'y' }\nexport const z = 'z'", []],
    ["const url = new URL('./worker.js', import.meta.url)", []],
  ])('reads %j', (source, expected) => {
    expect(importsOf(source)).toEqual(expected)
  })
})
