import { defineConfig, mergeConfig } from 'vitest/config'
import base from './vitest.config.ts'

/** Tests that kill, cut and fill: minutes, not seconds. */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ['test/fault/**/*.test.ts'],
      fileParallelism: false,
      testTimeout: 20 * 60_000,
    },
  }),
)
