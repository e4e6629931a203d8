import { transformAsync } from '@babel/core'
import { lingui } from '@lingui/vite-plugin'
import react from '@vitejs/plugin-react'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** Turns texts in the source into messages by id; files without texts are left as they are. */
function texts(): Plugin {
  return {
    name: 'texts',
    enforce: 'pre',
    transform: {
      filter: { id: /\.tsx?$/, code: /@lingui\/\w+\/macro/ },
      async handler(code, id) {
        const made = await transformAsync(code, {
          filename: id,
          babelrc: false,
          configFile: false,
          sourceMaps: true,
          parserOpts: { plugins: ['typescript', ...(id.endsWith('x') ? (['jsx'] as const) : [])] },
          plugins: ['@lingui/babel-plugin-lingui-macro'],
        })
        return made?.code ? { code: made.code, map: made.map ?? null } : null
      },
    },
  }
}

export default defineConfig({
  plugins: [texts(), lingui({ failOnMissing: true, failOnCompileError: true }), react()],
  build: {
    target: 'es2022',
    // The gateway's policy is default-src 'self': a data: URI would be refused.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/english.ts'],
    environment: 'node',
  },
})
