{{/* The name that all objects of a release begin with. */}}
{{- define "scarcity.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* A service's name as Kubernetes takes it. */}}
{{- define "scarcity.component" -}}
{{- replace "_" "-" . -}}
{{- end -}}

{{/* What tells the pods of a release from all others. Never changes: selectors cannot. */}}
{{- define "scarcity.releaseLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "scarcity.labels" -}}
{{ include "scarcity.releaseLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{/* The ports in `host:port,host:port`, as a JSON list. */}}
{{- define "scarcity.kafkaPorts" -}}
{{- $ports := list -}}
{{- range splitList "," .Values.kafka.bootstrapServers -}}
{{- $ports = append $ports (splitList ":" . | last | int) -}}
{{- end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{/* The port of the trace endpoint. */}}
{{- define "scarcity.otlpPort" -}}
{{- $url := urlParse .Values.otlp.endpoint -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) -}}
{{- $port | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end -}}

{{/* The topic that each scalable service consumes, in the group of its own name. */}}
{{- define "scarcity.consumes" -}}
{{- get (dict "stream_manager" "scarcity.v1.raw" "mpie" "scarcity.v1.windows") . -}}
{{- end -}}
