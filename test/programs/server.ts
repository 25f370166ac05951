// Something to download, from this machine alone.

import { createHash } from 'node:crypto';
import { type RequestListener, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Repeated, so that what was loaded of a shorter file is how a longer one begins. */
const BLOCK = createHash('sha512').update('block').digest();

/** Serves `/<size>` as that many bytes that are always the same, whole or from where the Range header says. */
export async function withServer<R>(use: (address: string) => Promise<R>): Promise<R> {
  const server = createServer(serve);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const serve: RequestListener = ({ method, url = '', headers: { range } }, response) => {
  const size = Number(/^\/(\d+)\b/.exec(url)?.[1]);
  if (!Number.isSafeInteger(size)) {
    response.writeHead(404).end('there is nothing here\n');
    return;
  }
  const bytes = Buffer.alloc(size, BLOCK);
  const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Length', size - start);
  if (start > 0) response.setHeader('Content-Range', `bytes ${start}-${size - 1}/${size}`);
  response.writeHead(start > 0 ? 206 : 200);
  response.end(method === 'HEAD' ? undefined : bytes.subarray(start));
};
