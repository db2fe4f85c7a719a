/**
 * Runs in the reader's browser: fetches the document and gives it to Swagger UI. What the document says relative to its page
 * becomes absolute here, where the page's own address is known, whatever proxy it came through.
 */
export const SCRIPT = `'use strict';
const ui = document.getElementById('ui');
const absolute = (relative) => new URL(relative, location.href).href;
fetch(ui.dataset.document)
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error('status ' + answer.status))))
  .then((spec) => {
    for (const server of spec.servers) server.url = absolute(server.url);
    for (const scheme of Object.values(spec.components.securitySchemes || {}))
      for (const flow of Object.values(scheme.flows || {})) flow.tokenUrl = absolute(flow.tokenUrl);
    SwaggerUIBundle({
      spec,
      domNode: ui,
      deepLinking: true,
      defaultModelsExpandDepth: 0,
      displayRequestDuration: true,
      validatorUrl: 'none',
    });
  })
  .catch((error) => {
    ui.textContent = 'The document could not be shown: ' + error.message;
  });
`;

export const STYLE = `body { margin: 0; font-family: sans-serif; color: #3b4151; background: #fafafa; }
nav, main, noscript { display: block; max-width: 1460px; margin: 0 auto; padding: 16px 20px; }
nav a { margin-right: 20px; }
a { color: #2a5db0; }
dt { margin-top: 16px; font-weight: bold; }
dd { margin: 4px 0 0; }
`;
