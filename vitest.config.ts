import { defineConfig } from 'vitest/config'

// Tests run against the packages' sources: no build stands between a change and its test.
const conditions = ['@cista/source', 'node', 'module']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
