import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Tests run against the packages' sources: no build stands between a change and its test.
const conditions = ['@cista/source', 'node', 'module']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // To load everything anew for each file takes as long as many tests. What a file changes outside of itself, it puts back.
    isolate: false,
    // Many tests wait for processes of their own: one more than there are cores keeps all of them busy.
    maxWorkers: availableParallelism() + 1,
    globalSetup: 'test/shared.ts',
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
