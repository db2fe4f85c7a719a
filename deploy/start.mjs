#!/usr/bin/env node
// `npm start`: build, then run the demo with the options that were given.
await import('./build.mjs');
await import(new URL('../dist/demo.js', import.meta.url).href);
