import { defineConfig } from 'vitest/config'

/** A process per file: the embedded engine opens one directory per process. */
export default defineConfig({
  resolve: { conditions: ['heed-source', 'node', 'import', 'default'] },
  ssr: { resolve: { conditions: ['heed-source', 'node', 'import', 'default'] } },
  test: {
    include: ['{src,sdk,test,examples,scripts}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', '**/dist/**', 'test/fault/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 120_000,
    teardownTimeout: 10_000,
  },
})
