import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The exit page as one script and one style sheet; scripts/exit.mjs puts both into one file that opens from disk. */
export default defineConfig({
  plugins: [react(), tailwindcss()],
  define: { __ASSAY_DEMO__: "false" },
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  publicDir: false,
  build: {
    target: "es2022",
    outDir: "node_modules/.cache/exit",
    emptyOutDir: true,
    modulePreload: false,
    cssCodeSplit: false,
    chunkSizeWarningLimit: 1_000, // it is one file on purpose
    rolldownOptions: {
      input: fileURLToPath(new URL("./exit.html", import.meta.url)),
      output: { codeSplitting: false },
      onLog(level, log, handler) {
        // ox (inside viem) names node:worker_threads in a path that browsers never take
        if (log.message?.includes("worker_threads")) return;
        handler(level, log);
      },
    },
  },
});
