{{- /* How many pods. */}}
{{- define "sprayproxy.replicas" -}}
{{- $one := and (ne .Values.spool.type "postgres") (or .Values.dynamicBackends .Values.recovery.enabled) }}
{{- $wanted := .Values.replicas | default (ternary 1 2 $one) | int }}
{{- if and $one (gt $wanted 1) }}
{{- fail "replicas: without a database (spool.type=postgres) dynamicBackends and recovery allow one; others would not know of it" }}
{{- end }}
{{- $wanted }}
{{- end }}

{{- define "sprayproxy.image" -}}
{{- with .Values.image }}
{{- $repository := required "image.repository: where have you pushed the image to?" .repository }}
{{- if .digest }}{{ $repository }}@{{ .digest }}{{ else }}{{ $repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "sprayproxy.locked-down" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}
