import { defineConfig } from "vite";
import { sampleInDevelopment } from "./sample_in_development.mjs";
import { singleFile } from "./single_file.ts";

export default defineConfig({
  plugins: [sampleInDevelopment(), singleFile()],
  build: {
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
  },
});
