{{- /* Who is on the other side, by platform. */}}

{{- /* OpenShift 4.7 and newer put this label where the traffic of a router comes from, the host's network included. */}}
{{- define "sprayproxy.openshift.webhooks-from" -}}
- namespaceSelector:
    matchLabels:
      policy-group.network.openshift.io/ingress: ''
{{- end }}

{{- define "sprayproxy.openshift.metrics-from" -}}
- namespaceSelector:
    matchExpressions:
      - key: kubernetes.io/metadata.name
        operator: In
        values: [openshift-monitoring, openshift-user-workload-monitoring]
{{- end }}

{{- define "sprayproxy.openshift.dns" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: openshift-dns
{{- end }}

{{- define "sprayproxy.kubernetes.webhooks-from" -}}
{{- toYaml .Values.networkPolicy.webhooksFrom }}
{{- end }}

{{- define "sprayproxy.kubernetes.metrics-from" -}}
{{- toYaml .Values.networkPolicy.metricsFrom }}
{{- end }}

{{- define "sprayproxy.kubernetes.dns" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: kube-system
  podSelector:
    matchLabels:
      k8s-app: kube-dns
{{- end }}
