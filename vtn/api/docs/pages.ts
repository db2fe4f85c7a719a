/** An API as the docs speak of it. */
export interface Described {
  name: string;
  title: string;
  /** One line. */
  summary: string;
}

/**
 * The list of all APIs. Links are relative, here and on all pages, so that they hold behind a proxy that serves us below a path.
 *
 * @param assets where the files are, relative to the page
 */
export function listPage(apis: readonly Described[], assets: string): string {
  const entries = apis.map(
    ({ name, title, summary }) => `<dt><a href="docs/${name}">${text(title)}</a></dt>
<dd>${text(summary)} <a href="openapi/${name}.yaml">OpenAPI document</a></dd>`,
  );
  return page(
    'API documentation',
    assets,
    `<main>
<h1>API documentation</h1>
<dl>
${entries.join('\n')}
</dl>
</main>`,
  );
}

/** The page of one API, at `docs/{name}`. */
export function apiPage({ name, title }: Described, assets: string): string {
  return page(
    title,
    assets,
    `<nav><a href="../docs">All APIs</a> <a href="../openapi/${name}.yaml">OpenAPI document</a></nav>
<noscript>This page needs JavaScript; the document above does not.</noscript>
<div id="ui" data-document="${name}/openapi.json"></div>
<script src="${assets}/swagger-ui-bundle.js"></script>
<script src="${assets}/docs.js"></script>`,
  );
}

function page(title: string, assets: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(title)}</title>
<link rel="icon" href="${assets}/favicon-32x32.png">
<link rel="stylesheet" href="${assets}/swagger-ui.css">
<link rel="stylesheet" href="${assets}/docs.css">
</head>
<body>
${body}
</body>
</html>
`;
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const text = (plain: string): string => plain.replace(/[&<>"]/g, (character) => ESCAPED[character] ?? character);
