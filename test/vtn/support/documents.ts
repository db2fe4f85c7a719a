import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { OpenAPIBackend } from 'openapi-backend';
import type { Document } from 'openapi-backend';
import { parse } from 'yaml';
import { addFormats } from '../../../vtn/api/formats.ts';
import type { Schema } from './schema-arbitrary.ts';

export interface DocumentedOperation {
  operationId: string;
  method: string;
  path: string;
  parameters?: { name: string; in: string; required?: boolean; explode?: boolean; schema: Schema }[];
  requestBody?: { required?: boolean; content: Record<string, { schema: Schema }> };
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

type Validate = ((value: unknown) => boolean) & { errors?: object[] | null };
interface Compiler {
  compile(schema: object): Validate;
}
// The product's version, not the one that other tools bring along.
const { Ajv } = createRequire(new URL('../../../vtn/package.json', import.meta.url))('ajv') as {
  Ajv: new (options: object) => Compiler;
};

/** The operations of a document of ours, with references resolved. @param file from the repository's root. */
export async function operationsOf(file: string): Promise<DocumentedOperation[]> {
  const definition = parse(readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8')) as Document;
  const backend = new OpenAPIBackend({ definition, quick: true, customizeAjv: (ajv) => addFormats(ajv) });
  await backend.init();
  return backend.router.getOperations() as unknown as DocumentedOperation[];
}

export interface Answer {
  status: number;
  contentType: string | undefined;
  text: string;
}

/** Says what an answer has that its operation's document does not; undefined when it fits. */
export function answerCheck(): (operation: DocumentedOperation, answer: Answer) => string | undefined {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true }) as never) as unknown as Compiler;
  const compiled = new Map<object, Validate>();
  return ({ operationId, responses }, { status, contentType, text }) => {
    const told = `${operationId} ${status} ${text.slice(0, 500)}`;
    const response = responses[String(status)] ?? (status >= 400 ? responses['default'] : undefined);
    if (response === undefined) return `${told}: the status is not documented`;
    const mediaType = contentType?.split(';')[0] ?? '';
    if (response.content === undefined) return text === '' ? undefined : `${told}: expected no body`;
    const schema = response.content[mediaType]?.schema;
    if (schema === undefined) return `${told}: the media type "${mediaType}" is not documented`;
    const validate = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, validate);
    return validate(JSON.parse(text)) ? undefined : `${told}: ${JSON.stringify(validate.errors)}`;
  };
}
