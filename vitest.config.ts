import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

// Tests run against the packages' sources: no build stands between a change and its test.
const conditions = ['@cista/source', 'node', 'module']

const pure = ['crypto', 'board', 'protocol', 'client', 'verifier', 'testkit']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // What has no state outside of its functions needs no process of its own for each file.
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: [`packages/{${pure.join()}}/test/**/*.test.ts`],
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'whole',
          globalSetup: 'test/shared.ts',
          include: [`packages/!(${pure.join('|')})/test/**/*.test.ts`, 'test/**/*.test.ts'],
        },
      },
    ],
    // Many tests wait for processes of their own: one more than there are cores keeps all of them busy.
    maxWorkers: availableParallelism() + 1,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})
