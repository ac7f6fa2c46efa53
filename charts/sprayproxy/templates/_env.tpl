{{- /* The variables of the program: those of the chart, and then the user's own. */}}
{{- define "sprayproxy.env" -}}
{{- $own := include "sprayproxy.own-env" . }}
{{- $names := list }}
{{- range fromYamlArray $own }}{{ $names = append $names .name }}{{ end }}
{{- range .Values.extraEnv }}
{{- if has .name $names }}{{ printf "extraEnv: %s is set by the chart" .name | fail }}{{ end }}
{{- end }}
{{- $own }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "sprayproxy.own-env" -}}
# Loopback: the sidecars are the only way in to these two, also for other pods of the cluster.
- name: SPRAYPROXY_SERVER_HOST
  value: 127.0.0.1
- name: SPRAYPROXY_SERVER_PORT
  value: '8080'
- name: SPRAYPROXY_SERVER_METRICS_PORT
  value: '9090'
# Open to anybody: webhooks prove themselves by signature, the kubelet has no token. Nothing else is served here.
- name: SPRAYPROXY_WEBHOOK_PORT
  value: '8444'
- name: SPRAYPROXY_WEBHOOK_CERT
  value: /etc/tls/tls.crt
- name: SPRAYPROXY_WEBHOOK_KEY
  value: /etc/tls/tls.key
- name: SPRAYPROXY_SERVER_BACKEND
  valueFrom:
    configMapKeyRef:
      name: sprayproxy-backends
      key: backends
# A file, not a variable: a rotated secret is taken up without a restart.
- name: GH_APP_WEBHOOK_SECRET_FILE
  value: /etc/sprayproxy/webhook-secret
# Pipelines-as-Code answers before it works: a cluster that comes back gets no flood of pipelines.
- name: SPRAYPROXY_DRAIN_RATE
  value: {{ .Values.drainRate | default "off" | quote }}
- name: SPRAYPROXY_SPOOL_URL
{{- if eq .Values.spool.type "file" }}
  value: file:/var/lib/sprayproxy/spool
{{- else if eq .Values.spool.type "postgres" }}
  valueFrom:
    secretKeyRef:
      name: {{ quote .Values.spool.postgres.existingSecret }}
      key: {{ quote .Values.spool.postgres.key }}
{{- else }}
  value: 'off'
{{- end }}
{{- if .Values.deliveries }}
- name: SPRAYPROXY_SERVER_ENABLE_DELIVERIES
  value: 'true'
{{- end }}
{{- if .Values.dynamicBackends }}
- name: SPRAYPROXY_SERVER_ENABLE_DYNAMIC_BACKENDS
  value: 'true'
{{- end }}
{{- if .Values.recovery.enabled }}
- name: GH_APP_ID
  valueFrom:
    secretKeyRef:
      name: {{ quote .Values.recovery.existingSecret }}
      key: app-id
# A file that is read again: a key can be replaced without a restart.
- name: GH_APP_PRIVATE_KEY_FILE
  value: /etc/sprayproxy-github-app/private-key.pem
{{- end }}
# Routers and Services take up to 8 s to forget a pod that is going away.
- name: SPRAYPROXY_SHUTDOWN_DELAY
  value: {{ printf "%ds" (int .Values.shutdownDelaySeconds) }}
- name: SPRAYPROXY_SHUTDOWN_TIMEOUT
  value: 25s
{{- end }}
