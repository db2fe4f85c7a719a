import { createServer, IncomingMessage, ServerResponse } from 'node:http';
import type { Server, ServerOptions } from 'node:http';
import type { Express } from 'express';

/**
 * An HTTP server for an express application, at about three times the speed of `http.createServer(app)`.
 *
 * Express gives every request and response its own prototype with `Object.setPrototypeOf`, which makes the engine throw away
 * what it has learned about the object: that costs more than everything else express does. Here node is told to make its
 * objects from classes that already have express's properties, and the application is told that these are its prototypes, so
 * that the call finds nothing to change. It leans on express's internals (`app.request`, `app.response`): a behaviour test and
 * a line of the bench watch over it, and without it everything still works, only slower.
 */
export function createExpressServer(options: ServerOptions, app: Express): Server {
  class Request extends IncomingMessage {}
  class Response extends ServerResponse<Request> {}
  adopt(Request.prototype, app.request);
  adopt(Response.prototype, app.response);
  app.request = Request.prototype as unknown as Express['request'];
  app.response = Response.prototype as unknown as Express['response'];
  return createServer(
    { ...options, IncomingMessage: Request, ServerResponse: Response },
    app as unknown as (request: Request, response: Response) => void,
  );
}

/** Copies what express adds in front of node's own prototype: `app`, then express's methods and getters. */
function adopt(target: object, source: object): void {
  const layers: object[] = [];
  for (
    let layer: object | null = source;
    layer !== null && layer !== IncomingMessage.prototype && layer !== ServerResponse.prototype;
    layer = Object.getPrototypeOf(layer) as object | null
  ) {
    layers.unshift(layer);
  }
  for (const layer of layers) Object.defineProperties(target, Object.getOwnPropertyDescriptors(layer));
}
