import { parse } from 'yaml';
import { compileOperations, readDocument } from './document.ts';
import type { Issue } from './errors.ts';
import type { Api } from './http.ts';
import { issuesOf } from './issues.ts';

/**
 * Holds messages that do not come over HTTP against a schema of an API's document: for each message what is wrong with it, or
 * nothing. To be called at the start, since it reads and compiles.
 *
 * @throws when the document or the schema is missing or wrong.
 */
export async function messageChecker(
  api: Pick<Api, 'name' | 'documentPath'>,
  schemaName: string,
): Promise<(message: unknown) => Issue[]> {
  const document = parse(readDocument(api).toString('utf8')) as object;
  const content = { 'application/json': { schema: { $ref: `#/components/schemas/${schemaName}` } } };
  // As if it were the body of a request.
  const post = { operationId: schemaName, requestBody: { required: true, content }, responses: {} };
  const [operation] = await compileOperations({ ...document, paths: { '/message': { post } } });
  const validate = operation?.validateBody;
  if (!validate) throw new Error(`${api.documentPath}: no validator of ${schemaName}`);
  return (message) => {
    validate({ path: {}, query: {}, header: {}, cookie: {}, requestBody: message });
    return issuesOf(validate.errors ?? []);
  };
}
