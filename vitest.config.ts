import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Tests run against the packages' sources: no build stands between a change and its test.
const conditions = ['@cista/source', 'node', 'module']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    // Vitest would leave one core idle, which on a small machine is half of it.
    maxWorkers: availableParallelism(),
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
