import type { Plugin } from "vite";

export function sampleInDevelopment(): Plugin;
