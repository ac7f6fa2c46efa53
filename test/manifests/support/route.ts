interface RouteTarget {
  kind: 'Service';
  name: string;
  /** 0 to 256 */
  weight?: number;
}

interface RouteHeader {
  name: string;
  action: { type: 'Delete' } | { type: 'Set'; set: { value: string } };
}

/** The fields that OpenShift publishes for `route.openshift.io/v1`, without the status. No package has them. */
export interface IRoute {
  apiVersion: 'route.openshift.io/v1';
  kind: 'Route';
  metadata: {
    name: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec: {
    host?: string;
    subdomain?: string;
    path?: string;
    to: RouteTarget;
    alternateBackends?: RouteTarget[];
    port?: { targetPort: number | string };
    tls?: {
      termination: 'edge' | 'passthrough' | 'reencrypt';
      insecureEdgeTerminationPolicy?: 'Allow' | 'None' | 'Redirect';
      certificate?: string;
      key?: string;
      caCertificate?: string;
      destinationCACertificate?: string;
      externalCertificate?: { name: string };
    };
    wildcardPolicy?: 'None' | 'Subdomain';
    httpHeaders?: { actions?: { request?: RouteHeader[]; response?: RouteHeader[] } };
  };
}
