{{- define "sprayproxy.mounts" -}}
# The directory, not the file by subPath: only so does a change of the Secret arrive.
- name: webhook-secret
  mountPath: /etc/sprayproxy
  readOnly: true
- name: tls
  mountPath: /etc/tls
  readOnly: true
{{- if eq .Values.spool.type "file" }}
- name: spool
  mountPath: /var/lib/sprayproxy
{{- else if eq .Values.spool.type "postgres" }}
# For sslrootcert=/etc/sprayproxy-spool/ca.crt.
- name: spool-access
  mountPath: /etc/sprayproxy-spool
  readOnly: true
{{- end }}
{{- if .Values.recovery.enabled }}
- name: github-app
  mountPath: /etc/sprayproxy-github-app
  readOnly: true
{{- end }}
{{- end }}

{{- define "sprayproxy.volumes" -}}
- name: webhook-secret
  secret:
    secretName: {{ quote .Values.webhookSecret.name }}
    items:
      - key: {{ quote .Values.webhookSecret.key }}
        path: webhook-secret
- name: tls
  secret:
    secretName: {{ quote .Values.certificates.secret }}
- name: metrics-tls
  secret:
    secretName: {{ quote .Values.certificates.metricsSecret }}
{{- if eq .Values.spool.type "postgres" }}
- name: spool-access
  secret:
    secretName: {{ quote .Values.spool.postgres.existingSecret }}
    items:
      - key: ca.crt
        path: ca.crt
{{- end }}
{{- if .Values.recovery.enabled }}
- name: github-app
  secret:
    secretName: {{ quote .Values.recovery.existingSecret }}
    items:
      - key: private-key.pem
        path: private-key.pem
{{- end }}
# What automountServiceAccountToken would mount, for the sidecars only.
- name: api-access
  projected:
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: 3607
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}
