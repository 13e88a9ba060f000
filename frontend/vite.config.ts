import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The demo wallet is compiled in only when asked for: `DEMO` is a literal, so the branch and its chunk vanish. */
const demo = process.env.VITE_DEMO === "1";

/** Where the development server finds the API; the built page is served by the backend itself. */
const api = process.env.ASSAY_API_URL ?? "http://127.0.0.1:8000";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  define: { __ASSAY_DEMO__: JSON.stringify(demo) },
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": api } },
  worker: { format: "es" },
  build: {
    target: "es2022",
    outDir: process.env.ASSAY_FRONTEND_DIST ?? "dist",
    emptyOutDir: true,
    // data: URLs would need `img-src data:`; every asset stays a file of its own
    assetsInlineLimit: 0,
    manifest: true,
    rolldownOptions: {
      onLog(level, log, handler) {
        // ox (inside viem) names node:worker_threads in a path that browsers never take
        if (log.message?.includes("worker_threads")) return;
        handler(level, log);
      },
    },
  },
  test: {
    environment: "node",
    setupFiles: ["./src/test/setup.ts"],
    include: ["src/**/*.test.{ts,tsx}", "tests/**/*.test.ts"],
    testTimeout: 20_000,
    hookTimeout: 180_000,
  },
});
