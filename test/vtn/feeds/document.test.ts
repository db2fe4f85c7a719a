import { readFileSync } from 'node:fs';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';
import { parse } from 'yaml';
import { expect, it } from 'vitest';

it('the document of the feeds is valid OpenAPI 3.0, strictly', async () => {
  const text = readFileSync(new URL('../../../vtn/api/feeds/openapi.yaml', import.meta.url), 'utf8');
  const backend = new OpenAPIBackend({ definition: parse(text) as Document, strict: true });
  await backend.init();
  expect(backend.router.getOperations().map((operation) => operation.operationId)).toEqual(['followEvents']);
});
