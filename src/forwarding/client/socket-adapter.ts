import { type AxiosAdapter, AxiosHeaders, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { type Payload } from '../../model/payload.js';
import { type Answer } from './answer.js';
import { type ConnectionPool } from './connection-pool.js';
import { Exchange } from './exchange.js';

/** What this adapter understands of a request, beside axios' own `data` and `timeout`. */
export interface SocketRequest {
  readonly pool: ConnectionPool;
  /** The whole head: axios' `headers`, which are copied several times a request, are not sent. */
  readonly head: string;
}

const NONE = new AxiosHeaders();

/**
 * An axios adapter that posts over a connection of a pool. It follows no redirect, decompresses nothing and resolves for
 * every status as soon as that has come; `data` is the `Answer`, whose body is read on in the background to a bound.
 * @throws NoAnswerError, also when `timeout` ms pass before the status has come.
 */
export const socketAdapter: AxiosAdapter = (config) =>
  new Promise<AxiosResponse<Answer>>((resolve, reject) => {
    const { pool, head } = config as InternalAxiosRequestConfig & SocketRequest;
    const exchange = new Exchange({
      head,
      payload: config.data as Payload,
      timeoutMs: config.timeout ?? 0,
      clock: pool.clock,
      resolve: (data) => {
        const { status } = data.head;
        resolve({ status, statusText: '', headers: NONE, config, data });
      },
      reject,
    });
    pool.send(exchange);
  });
