{{- define "gouji.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- define "gouji.fullname" -}}
{{- if .Values.fullnameOverride -}}{{ .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "gouji.name" .) .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else -}}{{ printf "%s-%s" .Release.Name (include "gouji.name" .) | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end -}}
{{- define "gouji.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "gouji.selector" . }}
{{- end -}}
{{- define "gouji.selector" -}}
app.kubernetes.io/name: {{ include "gouji.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}
{{- define "gouji.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}{{ default (include "gouji.fullname" .) .Values.serviceAccount.name }}{{- else -}}{{ default "default" .Values.serviceAccount.name }}{{- end -}}
{{- end -}}
{{- define "gouji.image" -}}
{{- if .Values.image.digest -}}{{ printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else -}}{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}{{- end -}}
{{- end -}}
{{- define "gouji.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}
{{- define "gouji.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}
{{/* Probes of a container; takes the name of the port of its admin endpoint. */}}
{{- define "gouji.probes" -}}
startupProbe:
  httpGet: {path: /healthz, port: {{ . }}}
  periodSeconds: 5
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: {{ . }}}
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: {{ . }}}
  periodSeconds: 10
  timeoutSeconds: 5
{{- end -}}
{{- define "gouji.sourcesConfigMap" -}}
{{- default (printf "%s-sources" (include "gouji.fullname" .)) .Values.sources.existingConfigMap -}}
{{- end -}}
{{- define "gouji.hasSources" -}}
{{- if or .Values.sources.inline .Values.sources.existingConfigMap -}}yes{{- end -}}
{{- end -}}
{{/* What is crawled, as a JSON list: portal files by their names, for a folder is one of documents; else the folder
     "in" of the data volume. */}}
{{- define "gouji.sources" -}}
{{- $names := ternary .Values.sources.files (keys .Values.sources.inline | sortAlpha) (ne .Values.sources.existingConfigMap "") -}}
{{- $paths := list -}}
{{- range $names }}{{ $paths = append $paths (printf "/etc/gouji/portals/%s" .) }}{{ end -}}
{{- toJson (default (list "/var/lib/gouji/in") $paths) -}}
{{- end -}}
{{/* Where the crawler finds what it crawls, besides its data. The folder "in" is made by being mounted. */}}
{{- define "gouji.sourcesMount" -}}
{{- if include "gouji.hasSources" . }}
- {name: sources, mountPath: /etc/gouji/portals, readOnly: true}
{{- else }}
- {name: data, mountPath: /var/lib/gouji/in, subPath: in}
{{- end }}
{{- end -}}
{{- define "gouji.sourcesVolume" -}}
{{- if include "gouji.hasSources" . }}
- name: sources
  configMap: {name: {{ include "gouji.sourcesConfigMap" . | quote }}}
{{- end }}
{{- end -}}
{{- define "gouji.blobsClaim" -}}
{{- default (printf "%s-blobs" (include "gouji.fullname" .)) .Values.blobs.existingClaim -}}
{{- end -}}
{{- define "gouji.scheduling" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
{{/* What every pod template begins with; takes (dict "root" $ "component" "parser"). */}}
{{- define "gouji.podMeta" -}}
labels:
  {{- include "gouji.labels" .root | nindent 2 }}
  app.kubernetes.io/component: {{ .component }}
annotations:
  checksum/config: {{ include "gouji.mountedFiles" . | sha256sum }}
  {{- with .root.Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}
{{/* What a component reads of the chart's ConfigMaps, and only that: what changes in them must roll its pods. */}}
{{- define "gouji.mountedFiles" -}}
{{- if has .component (list "crawler" "parser" "validator") }}{{ include "gouji.serviceSettings" . }}{{ end }}
{{- if has .component (list "crawler" "local") }}{{ toJson .root.Values.sources.inline }}{{ end }}
{{- end -}}
{{- define "gouji.podSpec" -}}
serviceAccountName: {{ include "gouji.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
securityContext: {{- include "gouji.podSecurity" . | nindent 2 }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "gouji.scheduling" . }}
{{- end -}}
{{- define "gouji.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .className }}
storageClassName: {{ . | quote }}
{{- end }}
resources: {requests: {storage: {{ .size }}}}
{{- end -}}
{{/* The settings of librdkafka, secrets by file, with those of one component above them; takes (dict "root" $ "own" …). */}}
{{- define "gouji.kafkaSettings" -}}
{{- $kafka := deepCopy .root.Values.kafka.settings -}}
{{- range $name, $file := .root.Values.kafka.secretSettings -}}
{{- $_ := set $kafka (printf "%s.file" $name) (printf "/etc/gouji/kafka/%s" $file) -}}
{{- end -}}
{{- toJson (mergeOverwrite $kafka (default dict .own)) -}}
{{- end -}}
{{/* The settings file of a service on Kafka; takes (dict "root" $ "component" "parser"). */}}
{{- define "gouji.serviceSettings" -}}
{{- $kafka := include "gouji.kafkaSettings" (dict "root" .root) | fromJson -}}
{{- $own := dict "log" (printf "kafka:%s" .root.Values.kafka.bootstrap) "admin" "0.0.0.0:9464" -}}
{{- if $kafka -}}{{- $_ := set $own "kafka" $kafka -}}{{- end -}}
{{- if eq .component "crawler" -}}
{{- $_ := set $own "sources" (include "gouji.sources" .root | fromJsonArray) -}}
{{- with .root.Values.crawler.contact -}}{{- $_ := set $own "contact" . -}}{{- end -}}
{{- end -}}
{{- toYaml (mergeOverwrite $own (deepCopy (index .root.Values .component).settings)) -}}
{{- end -}}
{{/* The same for `gouji run`, which reads them from its environment; takes (dict "prefix" "GOUJI_" "settings" …). */}}
{{- define "gouji.environment" -}}
{{- range $name, $value := .settings }}
{{- if kindIs "map" $value }}
{{- include "gouji.environment" (dict "prefix" (printf "%s%s__" $.prefix (upper $name)) "settings" $value) }}
{{- else }}
- {name: {{ printf "%s%s" $.prefix (upper $name) }}, value: {{ (kindIs "slice" $value | ternary (join "," $value) (toString $value)) | quote }}}
{{- end }}
{{- end }}
{{- end -}}
{{/* The same for the command, as its flags. */}}
{{- define "gouji.kafkaArguments" -}}
- --log
- {{ printf "kafka:%s" .root.Values.kafka.bootstrap | quote }}
{{- range $name, $value := include "gouji.kafkaSettings" . | fromJson }}
- --kafka
- {{ printf "%s=%v" $name $value | quote }}
{{- end }}
{{- end -}}
{{- define "gouji.kafkaMount" -}}
{{- if .Values.kafka.existingSecret }}
- {name: kafka, mountPath: /etc/gouji/kafka, readOnly: true}
{{- end }}
{{- end -}}
{{- define "gouji.kafkaVolume" -}}
{{- if .Values.kafka.existingSecret }}
- name: kafka
  secret: {secretName: {{ .Values.kafka.existingSecret | quote }}, defaultMode: 0440}
{{- end }}
{{- end -}}
