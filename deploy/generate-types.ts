/**
 * `npm run generate`: writes the TypeScript types of the wire shapes from the OpenAPI documents, which alone say what they are.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

/** Documents and the files that hold their types, from the repository's root. */
export const GENERATED = [
  { document: 'shared/openapi/openadr-3.1.yaml', types: 'shared/openadr/types.ts' },
  { document: 'shared/openapi/openadr-3.0.1.yaml', types: 'shared/openadr/types-3.0.generated.ts' },
] as const;

const at = (path: string) => new URL(`../${path}`, import.meta.url);

/** The text that the file with a document's types has to have. */
export async function generateTypes(document: (typeof GENERATED)[number]['document']): Promise<string> {
  const nodes = await openapiTS(readFileSync(at(document), 'utf8'), {
    // A default is what a missing value means, not a promise that it is there: objects are kept as they were sent.
    defaultNonNullable: false,
    silent: true,
  });
  return `// Generated from ${document} by \`npm run generate\`; do not edit.\n\n${astToString(nodes)}`;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  for (const { document, types } of GENERATED) {
    writeFileSync(at(types), await generateTypes(document));
    console.log(`wrote ${fileURLToPath(at(types))}`);
  }
}
