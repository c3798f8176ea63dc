import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { newRequestId } from './edge-hooks';
import { answerFor } from './problem';

/** A URL that cannot be read: refused before any hook runs. */
export const answerUnroutable = (error: Error, _request: FastifyRequest, reply: FastifyReply): void => {
  const { problem } = answerFor(error);
  void reply
    .status(problem.status)
    .header('content-type', 'application/json')
    .header('correlation-id', newRequestId())
    .serializer((body: unknown) => JSON.stringify(body))
    .send(problem);
};

const statusOf: Readonly<Record<string, readonly [status: string, code: string, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'REQUEST_TIMEOUT', 'the request did not arrive in time'],
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'HEADERS_TOO_LARGE', 'the headers are too large'],
};

/** What is not HTTP, or does not arrive: there is no request yet, only the socket. */
export const answerUnreadable = (error: Error & { readonly code?: string }, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, code, message] = statusOf[error.code ?? ''] ?? ['400 Bad Request', 'BAD_REQUEST', 'this is not a valid HTTP request'];
  const body = JSON.stringify({ status: Number(status.slice(0, 3)), message, code });
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
};
