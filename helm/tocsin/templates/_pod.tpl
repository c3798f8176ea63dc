{{/* What every pod of Tocsin is allowed: what pod security "restricted" asks for, and no writing but to volumes. */}}
{{- define "tocsin.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.runAs.user }}
runAsUser: {{ . }}
{{- end }}
{{- with .Values.runAs.group }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "tocsin.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Not empty when traces leave, whichever of the values says so. */}}
{{- define "tocsin.traces" -}}
{{- $exporter := get .Values.env "OTEL_TRACES_EXPORTER" | default .Values.tracing.exporter -}}
{{- $endpoint := get .Values.env "OTEL_EXPORTER_OTLP_ENDPOINT" | default .Values.tracing.endpoint -}}
{{- if and (ne $exporter "none") (or $exporter $endpoint) -}}
yes
{{- end -}}
{{- end }}

{{/* The secret settings of a program. Of a dict with root and name. */}}
{{- define "tocsin.secrets" -}}
{{- $standalone := eq .root.Values.mode "standalone" -}}
{{- $names := list "TOCSIN_SECRET_KEY" "SMTP_URL" "SENDGRID_API_KEY" "TWILIO_AUTH_TOKEN" "SIGNALWIRE_API_TOKEN" "SIGNALWIRE_SIGNING_KEY" "SMS_GATEWAY_URL" "SMS_GATEWAY_HEADERS" "VAPID_PRIVATE_KEY" "NTFY_TOKEN" "SLACK_BOT_TOKEN" "SLACK_CLIENT_SECRET" "SLACK_SIGNING_SECRET" "TELEGRAM_BOT_TOKEN" "TELEGRAM_WEBHOOK_SECRET" "TEAMS_APP_PASSWORD" "TOCSIN_HEARTBEAT_URL" -}}
{{- if include "tocsin.traces" .root -}}
{{- $names = append $names "OTEL_EXPORTER_OTLP_HEADERS" -}}
{{- end -}}
{{- if not $standalone -}}
{{- $names = concat $names (list "EVENTSTORE_URL" "MONGODB_URL") -}}
{{- if ne .root.Values.kafka.sasl.mechanism "none" -}}
{{- $names = append $names "KAFKA_PASSWORD" -}}
{{- end -}}
{{- end -}}
{{- if has .name (list "oncall" "standalone") -}}
{{- $names = append $names "TOCSIN_BOOTSTRAP_API_KEY" -}}
{{- end -}}
{{- range $name := $names }}
{{- with index $.root.Values.secrets $name }}
- name: {{ $name }}
  valueFrom:
    secretKeyRef:
      name: {{ .name }}
      key: {{ .key }}
      optional: {{ or $standalone .optional }}
{{- end }}
{{- end }}
{{- end }}

{{/* The pod of a service. Of a dict with root, name and address. */}}
{{- define "tocsin.pod" -}}
{{- $values := include "tocsin.valuesOf" . | fromJson -}}
{{- $tls := .root.Values.kafka.tls -}}
{{- $standalone := eq .name "standalone" -}}
{{- $ca := and (not $standalone) $tls.enabled $tls.ca.name -}}
{{- $client := and (not $standalone) $tls.enabled $tls.client.name -}}
{{- $authorities := .root.Values.authorities -}}
{{- $archive := and (eq .name "alerts") .root.Values.archive.claim -}}
{{- $unkept := and $standalone (not .root.Values.persistence.enabled) -}}
metadata:
  labels:
    {{- include "tocsin.selector" . | nindent 4 }}
    app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
    {{- with $values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/settings: {{ include (print .root.Template.BasePath "/configmap.yaml") .root | sha256sum }}
    {{- with $values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "tocsin.serviceAccount" .root }}
  automountServiceAccountToken: false
  # Or a Service called tocsin would set TOCSIN_PORT.
  enableServiceLinks: false
  # Until SIGTERM, then the 30 s that Tocsin takes at most.
  terminationGracePeriodSeconds: {{ add .root.Values.drainSeconds 32 }}
  securityContext:
    {{- include "tocsin.podSecurity" .root | nindent 4 }}
  {{- with .root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with $values.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if not $standalone }}
  {{- with $values.spreadOver }}
  topologySpreadConstraints:
    {{- range . }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "tocsin.selector" $ | nindent 10 }}
      matchLabelKeys: [pod-template-hash]
    {{- end }}
  {{- end }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ include "tocsin.image" .root }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      args: [{{ .name }}]
      ports:
        - name: http
          containerPort: {{ .address.port }}
      envFrom:
        - configMapRef:
            name: {{ include "tocsin.fullname" .root }}
      env:
        - name: PORT
          value: {{ .address.port | quote }}
        {{- if and (include "tocsin.traces" .root) (not (hasKey .root.Values.env "OTEL_SERVICE_NAME")) }}
        - name: OTEL_SERVICE_NAME
          value: {{ ternary .root.Values.tracing.serviceName (printf "%s-%s" .root.Values.tracing.serviceName .name) $standalone | quote }}
        {{- end }}
        {{- if $archive }}
        - name: TOCSIN_ARCHIVE_DIR
          value: /archive
        {{- end }}
        {{- if $authorities.name }}
        - name: NODE_EXTRA_CA_CERTS
          value: /etc/tocsin/authorities/ca.crt
        {{- end }}
        {{- include "tocsin.secrets" . | trim | nindent 8 }}
      startupProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet: { path: /health/live, port: http }
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      readinessProbe:
        httpGet: { path: /health/ready, port: http }
        periodSeconds: 5
        timeoutSeconds: 4
        failureThreshold: 2
      lifecycle:
        preStop:
          sleep:
            seconds: {{ .root.Values.drainSeconds }}
      resources:
        {{- toYaml $values.resources | nindent 8 }}
      securityContext:
        {{- include "tocsin.containerSecurity" . | nindent 8 }}
      {{- if or $standalone $archive $ca $client $authorities.name }}
      volumeMounts:
        {{- if $standalone }}
        - name: data
          mountPath: /data
        {{- end }}
        {{- if $archive }}
        - name: archive
          mountPath: /archive
        {{- end }}
        {{- if $authorities.name }}
        - name: authorities
          mountPath: /etc/tocsin/authorities
          readOnly: true
        {{- end }}
        {{- if $ca }}
        - name: kafka-ca
          mountPath: /etc/tocsin/kafka-ca
          readOnly: true
        {{- end }}
        {{- if $client }}
        - name: kafka-client
          mountPath: /etc/tocsin/kafka-client
          readOnly: true
        {{- end }}
      {{- end }}
  {{- if or $unkept $archive $ca $client $authorities.name }}
  volumes:
    {{- if $unkept }}
    - name: data
      emptyDir: {}
    {{- end }}
    {{- if $archive }}
    - name: archive
      persistentVolumeClaim:
        claimName: {{ $archive }}
    {{- end }}
    {{- if $authorities.name }}
    - name: authorities
      secret:
        secretName: {{ $authorities.name }}
        items: [{ key: {{ $authorities.key }}, path: ca.crt }]
    {{- end }}
    {{- if $ca }}
    - name: kafka-ca
      secret:
        secretName: {{ $tls.ca.name }}
        items: [{ key: {{ $tls.ca.key }}, path: ca.crt }]
    {{- end }}
    {{- if $client }}
    - name: kafka-client
      secret:
        secretName: {{ $tls.client.name }}
        items:
          - { key: {{ $tls.client.certificate }}, path: tls.crt }
          - { key: {{ $tls.client.key }}, path: tls.key }
    {{- end }}
  {{- end }}
{{- end }}
