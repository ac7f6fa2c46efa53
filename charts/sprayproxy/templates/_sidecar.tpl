{{- /* A native sidecar that asks for a token. Arguments: root, name, port, portName, health, upstream, tls, flag. */}}
{{- define "sprayproxy.sidecar" -}}
- name: {{ .name }}
  image: {{ quote .root.Values.sidecarImage }}
  restartPolicy: Always
  args:
    - --secure-listen-address=0.0.0.0:{{ .port }}
    - --proxy-endpoints-port={{ .health }}
    - --upstream=http://127.0.0.1:{{ .upstream }}/
    - {{ .flag }}
    - --tls-cert-file=/etc/tls/tls.crt
    - --tls-private-key-file=/etc/tls/tls.key
    - --v=2
  ports:
    - name: {{ .portName }}
      containerPort: {{ .port }}
    - name: {{ .portName }}-health
      containerPort: {{ .health }}
  livenessProbe:
    httpGet:
      scheme: HTTPS
      path: /healthz
      port: {{ .portName }}-health
    periodSeconds: 10
    timeoutSeconds: 5
    failureThreshold: 3
  resources:
    # Nothing but their logs is on the host's disk.
    requests:
      cpu: 10m
      memory: 64Mi
      ephemeral-storage: 16Mi
    limits:
      cpu: 500m
      memory: 128Mi
      ephemeral-storage: 512Mi
  {{- include "sprayproxy.locked-down" . | nindent 2 }}
  volumeMounts:
    - name: {{ .tls }}
      mountPath: /etc/tls
      readOnly: true
    - name: api-access
      mountPath: /var/run/secrets/kubernetes.io/serviceaccount
      readOnly: true
{{- end }}
