import { type HttpService } from '@nestjs/axios';
import { Axios, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { socketAdapter } from './socket-adapter.js';

/**
 * An axios that hands every request to the adapter as it is. The merging of defaults, interceptors and transforms that
 * come before it elsewhere take as long as the sending itself, and nothing here makes use of them.
 */
class SocketAxios extends Axios {
  override request<T, R = AxiosResponse<T>>(config: object): Promise<R> {
    return socketAdapter(config as InternalAxiosRequestConfig) as Promise<R>;
  }
}

/** The cast is between the same types as axios declares them for CommonJS and for ES modules. */
export const socketAxios = (): HttpService['axiosRef'] =>
  new SocketAxios({}) as unknown as HttpService['axiosRef'];
