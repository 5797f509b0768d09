// One keep-alive connection of one virtual user, written for as little work a request as will do: the driver shares a core with
// PostgreSQL and must not be what is measured. Speaks just the HTTP/1.1 that both servers speak, and fails loudly at anything else.
import { connect } from 'node:net';

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} head status line and headers as they came
 * @property {string} body
 */

const headEnd = '\r\n\r\n';

/** @param {string} head @param {string} name in lower case */
export function header(head, name) {
  return new RegExp(`^${name}: *(.*?)\\r?$`, 'im').exec(head)?.[1] ?? null;
}

/** Reads a chunked body from `start` on. @returns null while it is not whole */
function readChunked(text, start) {
  let body = '';
  let at = start;
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at);
    if (lineEnd === -1) return null;
    const size = Number.parseInt(text.slice(at, lineEnd), 16);
    if (Number.isNaN(size)) throw new Error(`not a chunk: ${text.slice(at, lineEnd)}`);
    const next = lineEnd + 2 + size + 2;
    if (text.length < next) return null;
    if (size === 0) return { body, end: next };
    body += text.slice(lineEnd + 2, lineEnd + 2 + size);
    at = next;
  }
}

/**
 * Reads an answer. Bytes are taken as latin1, so that lengths in bytes are lengths of text; everything asked for is ASCII.
 * @param {string} text
 * @returns {(Answer & { length: number }) | null} null while it is not whole
 */
export function readAnswer(text) {
  const end = text.indexOf(headEnd);
  if (end === -1) return null;
  const head = text.slice(0, end);
  const status = Number(head.slice(9, 12));
  const start = end + headEnd.length;
  const length = header(head, 'content-length');
  if (length !== null) {
    const size = Number(length);
    if (text.length < start + size) return null;
    return { status, head, body: text.slice(start, start + size), length: start + size };
  }
  if (header(head, 'transfer-encoding')?.toLowerCase() === 'chunked') {
    const chunked = readChunked(text, start);
    return chunked && { status, head, body: chunked.body, length: chunked.end };
  }
  if (status === 204 || status === 304) return { status, head, body: '', length: start };
  throw new Error(`an answer without a length: ${head}`);
}

export class Connection {
  #socket;
  #host;
  #received = '';
  /** @type {((answer: Answer) => void) | null} */
  #resolve = null;
  /** @type {((error: Error) => void) | null} */
  #reject = null;

  /** @param {string} origin */
  constructor(origin) {
    const { hostname, port, host } = new URL(origin);
    this.#host = host;
    this.#socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.#socket.setEncoding('latin1');
    this.#socket.on('data', (/** @type {string} */ text) => this.#take(text));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  /**
   * @param {string} path with its query
   * @param {string} headers lines, each with its line end
   * @returns {Promise<Answer>}
   */
  get(path, headers = '') {
    return this.#send(`GET ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${headers}\r\n`);
  }

  /**
   * @param {string} path
   * @param {string} headers lines, each with its line end
   * @param {string} body ASCII
   * @param {string} [contentType]
   * @returns {Promise<Answer>}
   */
  post(path, headers, body, contentType = 'application/x-www-form-urlencoded') {
    return this.#send(
      `POST ${path} HTTP/1.1\r\nHost: ${this.#host}\r\nContent-Type: ${contentType}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`,
    );
  }

  close() {
    this.#reject = null;
    this.#resolve = null;
    this.#socket.destroy();
  }

  #send(text) {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) return reject(new Error('the connection is closed'));
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(text, 'latin1');
    });
  }

  #take(text) {
    this.#received = this.#received === '' ? text : this.#received + text;
    try {
      const answer = readAnswer(this.#received);
      if (!answer) return;
      if (!this.#resolve || answer.length !== this.#received.length) throw new Error('an answer to nothing');
      this.#received = '';
      const resolve = this.#resolve;
      this.#resolve = null;
      this.#reject = null;
      resolve(answer);
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error) {
    const reject = this.#reject;
    this.#reject = null;
    this.#resolve = null;
    this.#socket.destroy();
    reject?.(error);
  }
}
