import { IsOptional, IsString } from 'class-validator';

import { THREAD_POOL_SIZE } from '../thread-pool.js';
import { ReadableFile, Variable, WholeNumber } from '../variable.decorators.js';
import { CertificatesFile, ProxyUrl } from '../outgoing.decorators.js';

/** What the way to the backends is made of: proxies, authorities, client certificates, lookups of names. */
export class OutgoingVariables {
  @Variable({
    effect:
      'proxy for backends with http://: http://[user:password@]host[:port]; ignored where REQUEST_METHOD is set',
  })
  @IsOptional()
  @ProxyUrl()
  HTTP_PROXY?: string;

  @Variable({
    effect: 'as HTTP_PROXY, which comes first; never ignored',
  })
  @IsOptional()
  @ProxyUrl()
  http_proxy?: string;

  @Variable({
    effect:
      'proxy for backends with https://, and for the API of GitHub: connects to them without reading what is sent',
  })
  @IsOptional()
  @ProxyUrl()
  HTTPS_PROXY?: string;

  @Variable({
    effect: 'as HTTPS_PROXY, which comes first',
  })
  @IsOptional()
  @ProxyUrl()
  https_proxy?: string;

  @Variable({
    effect:
      'who needs none, by commas: host, .suffix, address, 10.0.0.0/8, with :port or not, or *; loopback never does',
  })
  @IsOptional()
  @IsString()
  NO_PROXY?: string;

  @Variable({
    effect: 'as NO_PROXY, which comes first',
  })
  @IsOptional()
  @IsString()
  no_proxy?: string;

  // Who runs a CGI program can be made to set HTTP_PROXY by a request with the header Proxy.
  @Variable({
    effect: 'set: HTTP_PROXY is ignored, since a request may have set it',
  })
  @IsOptional()
  @IsString()
  REQUEST_METHOD?: string;

  @Variable({
    effect:
      'PEM file of authorities that backends are trusted by, beside the known ones; read again when it changes',
  })
  @IsOptional()
  @CertificatesFile()
  SPRAYPROXY_BACKEND_CA_FILE?: string;

  @Variable({
    effect: 'PEM certificate file to show to backends that ask for one; read again when it changes',
  })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_BACKEND_CLIENT_CERT?: string;

  @Variable({
    effect: 'PEM key file of that certificate; read again when it changes',
  })
  @IsOptional()
  @ReadableFile()
  SPRAYPROXY_BACKEND_CLIENT_KEY?: string;

  @Variable({
    effect: 'PEM file with authorities that are trusted for everything; read at the start only',
  })
  @IsOptional()
  @CertificatesFile()
  NODE_EXTRA_CA_CERTS?: string;

  @Variable({
    default: THREAD_POOL_SIZE,
    effect: 'threads, of which half may look up names of backends at a time',
  })
  @WholeNumber(1, 1024)
  UV_THREADPOOL_SIZE!: number;
}
