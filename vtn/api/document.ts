import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OpenAPIBackend } from 'openapi-backend';
import type { ErrorObject } from 'ajv';
import { parse } from 'yaml';
import { addFormats } from './formats.ts';
import type { Api } from './http.ts';

/** As much of JSON Schema (OpenAPI 3.0) as we look at ourselves. References are resolved. */
export interface Schema {
  type?: string;
  nullable?: boolean;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  enum?: unknown[];
  allOf?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: string;
  style?: string;
  explode?: boolean;
  schema?: Schema;
}

/** What the validators look at; they return whether it is right and leave the faults in `errors`. */
export interface Checked {
  path: Record<string, unknown>;
  query: Record<string, unknown>;
  header: Record<string, unknown>;
  cookie: Record<string, unknown>;
  requestBody?: unknown;
}
export interface Validator {
  (checked: Checked): unknown;
  errors?: ErrorObject[] | null;
}

/** One operation of an OpenAPI document, ready to be routed. */
export interface DocumentOperation {
  id: string;
  /** In lower case. */
  method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As express writes it: `/programs/:programID`. */
  path: string;
  parameters: readonly Parameter[];
  /** Media types that a body may have; none: the operation takes no body. */
  mediaTypes: readonly string[];
  /** A body that is declared is required unless the document says `required: false` itself. */
  bodyRequired: boolean;
  bodySchema?: Schema;
  validateBody?: Validator;
  validateParameters: Validator;
}

export interface OpenApiDocument {
  /** The document as it is on disk, for those who want to read it. */
  text: Buffer;
  operations: readonly DocumentOperation[];
}

interface RawOperation {
  operationId?: string;
  method: string;
  path: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, { schema?: Schema } | undefined> };
}

/** As it is written: path items hold operations, and lists of parameters, which have neither id nor body. */
interface RawDocument {
  paths: Record<string, Record<string, Partial<Pick<RawOperation, 'operationId' | 'requestBody'>>>>;
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/**
 * Reads an OpenAPI document and makes of each operation a route's ingredients.
 *
 * @throws when the document is missing or wrong.
 */
export async function loadDocument(api: Pick<Api, 'name' | 'documentPath'>): Promise<OpenApiDocument> {
  const text = readDocument(api);
  return { text, operations: await compileOperations(parse(text.toString('utf8')) as object) };
}

/** An API's document as it is on disk. @throws when it is missing. */
export function readDocument({ name, documentPath }: Pick<Api, 'name' | 'documentPath'>): Buffer {
  return readFileSync(findDocument([`openapi/${name}.yaml`, documentPath]));
}

/**
 * The operations of a document. openapi-backend is asked at start-up only: it resolves references and compiles the validators
 * (`quick`: not the meta-schema check, which costs seconds and is a test of ours; `strict`: a fault throws). Per request it
 * would rebuild its list of operations each time.
 *
 * @throws when the document is wrong.
 */
export async function compileOperations(document: object): Promise<DocumentOperation[]> {
  const definition = structuredClone(document) as RawDocument;
  const shown = showAsJson(definition);
  const backend = new OpenAPIBackend({
    definition: definition as never,
    quick: true,
    strict: true,
    ajvOpts: { strict: false, allErrors: true, verbose: true, messages: true },
    customizeAjv: (ajv) => addFormats(ajv),
  });
  await backend.init();
  const operations = backend.router.getOperations() as unknown as RawOperation[];
  return operations.map((raw) => toOperation(raw, backend, shown)).sort(literalFirst);
}

/**
 * openapi-backend compiles bodies of `application/json` only: what is JSON by its suffix (RFC 6839, 3.1) is shown to it as such.
 *
 * @returns the ids of the operations that do not take `application/json` themselves.
 */
function showAsJson({ paths }: RawDocument): Set<string> {
  const shown = new Set<string>();
  for (const { operationId, requestBody } of Object.values(paths).flatMap((item) => Object.values(item))) {
    const content = requestBody?.content ?? {};
    const suffixed = Object.keys(content).find((type) => type.endsWith('+json'));
    if (suffixed === undefined || content['application/json'] || operationId === undefined) continue;
    content['application/json'] = content[suffixed];
    shown.add(operationId);
  }
  return shown;
}

function toOperation(raw: RawOperation, backend: OpenAPIBackend, shown: ReadonlySet<string>): DocumentOperation {
  const id = raw.operationId;
  const method = METHODS.find((m) => m === raw.method);
  if (id === undefined || method === undefined) {
    throw new Error(
      `${raw.method.toUpperCase()} ${raw.path}: an operation needs an operationId and one of ${METHODS.join(', ')}`,
    );
  }
  const content = raw.requestBody?.content ?? {};
  const mediaTypes = Object.keys(content).filter((type) => !shown.has(id) || type !== 'application/json');
  const validators = backend.validator.getRequestValidatorsForOperation(id) as unknown as Validator[];
  const validateParameters = validators.at(-1);
  if (!validateParameters) throw new Error(`${id}: no validator`);
  const bodySchema = content[mediaTypes[0] ?? '']?.schema;
  return {
    id,
    method,
    path: raw.path.replace(/\{([^}]+)\}/g, ':$1'),
    parameters: raw.parameters ?? [],
    mediaTypes,
    bodyRequired: raw.requestBody !== undefined && raw.requestBody.required !== false,
    ...(bodySchema ? { bodySchema } : {}),
    ...(validators.length > 1 && validators[0] ? { validateBody: validators[0] } : {}),
    validateParameters,
  };
}

/** Literal segments before parameters (`/topics/events` before `/topics/:id`), and so the collections, which are hot, first. */
function literalFirst(a: DocumentOperation, b: DocumentOperation): number {
  const [left, right] = [shapeOf(a.path), shapeOf(b.path)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `/vens/:venID/events` -> `0010`. */
function shapeOf(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '1' : '0'))
    .join('');
}

/** The nearest of these from this module's folder upwards: beside the bundle when installed, in the repository otherwise. */
function findDocument(paths: readonly string[]): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const found = paths.map((path) => join(folder, path)).find((path) => existsSync(path));
    if (found !== undefined) return found;
    if (folder === dirname(folder)) throw new Error(`${paths.join(' or ')} is missing from this installation`);
  }
}
