import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** The text of an entry of the SDK, such as `index.ts`, minified with all it needs: for tests and measurements. */
export async function bundled(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rolldownOptions: {
        input: fileURLToPath(new URL(entry, import.meta.url)),
        preserveEntrySignatures: 'strict',
        external: [/^node:/],
      },
    },
  })
  const [chunk] = 'output' in built ? built.output : []
  return chunk?.code ?? ''
}
