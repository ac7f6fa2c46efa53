import { type HttpService } from '@nestjs/axios';
import { Axios, type AxiosResponse, type InternalAxiosRequestConfig } from 'axios';

import { undiciAdapter } from './undici-adapter.js';

/**
 * An axios that hands every request to the adapter as it is. The merging of defaults, interceptors and transforms that
 * come before it elsewhere take as long as all of undici, and nothing here makes use of them.
 */
class UndiciAxios extends Axios {
  override request<T, R = AxiosResponse<T>>(config: object): Promise<R> {
    return undiciAdapter(config as InternalAxiosRequestConfig) as Promise<R>;
  }
}

/** The cast is between the same types as axios declares them for CommonJS and for ES modules. */
export const undiciAxios = (): HttpService['axiosRef'] =>
  new UndiciAxios({}) as unknown as HttpService['axiosRef'];
