// The yardstick: node's own HTTP server with a ready 5 KB answer to whatever is asked. Prints its port.
import { createServer } from 'node:http';

const etag = '"yardstick"';
const body = Buffer.from(JSON.stringify(Array.from({ length: 10 }, (_, i) => ({ id: i, text: 'x'.repeat(490) }))));
const server = createServer((req, res) => {
  req.resume();
  res.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length, etag });
  res.end(body);
});
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })));
