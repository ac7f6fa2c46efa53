{{- /* A ServiceAccount that may do anything at some paths of the sidecar, which asks for GET as get, POST as create. */}}
{{- define "sprayproxy.identity" }}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .account }}
  labels:
    app.kubernetes.io/part-of: sprayproxy
automountServiceAccountToken: false
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: {{ .namespace }}:{{ .role }}
  labels:
    app.kubernetes.io/part-of: sprayproxy
rules:
  - nonResourceURLs: {{ toJson .paths }}
    verbs: [get, create, delete]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: {{ .namespace }}:{{ .binding }}
  labels:
    app.kubernetes.io/part-of: sprayproxy
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ .namespace }}:{{ .role }}
subjects:
  - kind: ServiceAccount
    name: {{ .account }}
    namespace: {{ quote .namespace }}
{{- end }}
