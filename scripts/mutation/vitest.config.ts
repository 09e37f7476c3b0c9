import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// Stryker mutates a copy of the tree and links node_modules, whose @cista/* lead back to the original: only an
// alias makes tests read the mutated sources.
const root = fileURLToPath(new URL('../..', import.meta.url))

/** By file: the longest that its tests have taken. A run that a failure ended early says nothing. */
const longest = new Map<string, number>()

/** The quick files first: a run ends with the first failure, and most mutants fail in the first second. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    for (const { project, moduleId } of files) {
      const last = this.ctx.cache.getFileTestResults(`${project.name}:${moduleId.slice(root.length)}`)
      longest.set(moduleId, Math.max(longest.get(moduleId) ?? 0, last?.duration ?? 0))
    }
    const duration = ({ moduleId }: TestSpecification) => longest.get(moduleId) ?? 0
    return files.toSorted((a, b) => duration(a) - duration(b))
  }
}

export default defineConfig({
  root,
  cacheDir: '.cista/mutation/vite',
  resolve: {
    alias: [{ find: /^@cista\/([a-z]+)$/, replacement: `${root}packages/$1/src/index.ts` }],
    conditions: ['node', 'module'],
  },
  test: {
    include: ['**/*.test.ts'],
    setupFiles: ['scripts/mutation/firstFailure.ts'],
    sequence: { sequencer: QuickFirst },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
