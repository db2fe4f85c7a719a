/**
 * The thread that calls subscribers: TLS with a thousand of them costs seconds of a core, and the API does not wait for it.
 * Talks to `ThreadCaller`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { HttpCaller, type CallbackOutcome, type CallbackRequest } from './callback-caller.ts';
import { dnsResolve } from './callback-resolver.ts';
import { CallbackRules, type CallbackRuleOptions } from './callback-rules.ts';

/** What the thread is started with. */
export interface CallerWorkerData extends CallbackRuleOptions {
  ca?: string;
  timeoutMs: number;
}

export type ToCaller = { kind: 'call'; id: number; request: CallbackRequest } | { kind: 'stop' };
export interface FromCaller {
  id: number;
  outcome: CallbackOutcome;
}

if (parentPort === null) throw new Error('callbacks are made by a worker thread only');
const port = parentPort;
const { ca, timeoutMs, ...rules } = workerData as CallerWorkerData;
const caller = new HttpCaller({
  rules: new CallbackRules(rules),
  resolve: dnsResolve(),
  timeoutMs,
  ...(ca === undefined ? {} : { ca }),
});

port.on('message', (message: ToCaller) => {
  if (message.kind === 'stop') {
    caller.close();
    port.close();
    return;
  }
  const { id, request } = message;
  void caller.call(request).then((outcome) => port.postMessage({ id, outcome } satisfies FromCaller));
});
