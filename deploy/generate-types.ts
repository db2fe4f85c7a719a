/**
 * `npm run generate`: writes the TypeScript types of the wire shapes from the OpenAPI document, which alone says what they are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const DOCUMENT = new URL('../shared/openapi/openadr-3.1.yaml', import.meta.url);
const TYPES = new URL('../shared/openadr/types.ts', import.meta.url);
const HEADER = `// Generated from shared/openapi/openadr-3.1.yaml by \`npm run generate\`; do not edit.\n\n`;

/** The text that shared/openadr/types.ts has to have. */
export async function generateTypes(): Promise<string> {
  const nodes = await openapiTS(readFileSync(DOCUMENT, 'utf8'), {
    // A default is what a missing value means, not a promise that it is there: objects are kept as they were sent.
    defaultNonNullable: false,
    silent: true,
  });
  return HEADER + astToString(nodes);
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(TYPES, await generateTypes());
  console.log(`wrote ${fileURLToPath(TYPES)}`);
}
