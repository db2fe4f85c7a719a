import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import { findDocument } from './document.ts';
import type { Issue } from './errors.ts';
import { addFormats } from './formats.ts';
import type { Api } from './http.ts';
import { issuesOf } from './issues.ts';

/**
 * Holds messages that do not come over HTTP against a schema of an API's document: for each message what is wrong with it, or
 * nothing. To be called at the start, since it reads and compiles.
 *
 * @throws when the document or the schema is missing or wrong.
 */
export function messageChecker(
  { name, documentPath }: Pick<Api, 'name' | 'documentPath'>,
  schemaName: string,
): (message: unknown) => Issue[] {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true, verbose: true }));
  ajv.addSchema(parse(readFileSync(findDocument([`openapi/${name}.yaml`, documentPath]), 'utf8')) as object, name);
  const requestBody = { $ref: `${name}#/components/schemas/${schemaName}` };
  const validate = ajv.compile({ type: 'object', properties: { requestBody } });
  return (message) => (validate({ requestBody: message }) ? [] : issuesOf(validate.errors ?? []));
}
