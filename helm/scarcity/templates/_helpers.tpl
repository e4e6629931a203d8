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

{{/* The port of an address. */}}
{{- define "scarcity.urlPort" -}}
{{- $url := urlParse . -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) -}}
{{- $port | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end -}}

{{/* The topic that each scalable service consumes, in the group of its own name. */}}
{{- define "scarcity.consumes" -}}
{{- get (dict "stream_manager" "scarcity.v1.raw" "mpie" "scarcity.v1.windows") . -}}
{{- end -}}

{{/* The secret that a map of secrets by service has for one: a list of the map and its name. */}}
{{- define "scarcity.secretOf" -}}
{{- $secrets := first . -}}
{{- get $secrets (last .) | default (get $secrets "default") -}}
{{- end -}}

{{/* Refuses what Kafka could not be reached with. */}}
{{- define "scarcity.checkKafka" -}}
{{- $tls := .Values.kafka.tls -}}
{{- $sasl := .Values.kafka.sasl -}}
{{- if and (or $tls.caSecret $tls.clientSecrets) (not $tls.enabled) -}}
{{- fail "set kafka.tls.enabled to true, or leave kafka.tls.caSecret and kafka.tls.clientSecrets out" -}}
{{- end -}}
{{- if and $sasl.userSecrets (eq $sasl.mechanism "PLAIN") (not $tls.enabled) -}}
{{- fail "set kafka.tls.enabled to true, or another kafka.sasl.mechanism: PLAIN sends the password in the clear" -}}
{{- end -}}
{{- range $name, $_ := merge (dict) $tls.clientSecrets $sasl.userSecrets -}}
{{- if not (or (eq $name "default") (hasKey $.Values.services $name)) -}}
{{- fail (printf "kafka has a secret for %s, and there is no such service: name one of services, or default" $name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* How a service gets into Kafka: a list of the root and the service's name. */}}
{{- define "scarcity.kafkaEnvironment" -}}
{{- $kafka := (first .).Values.kafka -}}
{{- if $kafka.tls.enabled -}}
- name: SCARCITY_KAFKA_TLS
  value: "true"
{{- if $kafka.tls.caSecret }}
- name: SCARCITY_KAFKA_CA_FILE
  value: /kafka/ca/ca.crt
{{- end }}
{{- if include "scarcity.secretOf" (list $kafka.tls.clientSecrets (last .)) }}
- name: SCARCITY_KAFKA_CERT_FILE
  value: /kafka/client/tls.crt
- name: SCARCITY_KAFKA_KEY_FILE
  value: /kafka/client/tls.key
{{- end }}
{{- end }}
{{- with include "scarcity.secretOf" (list $kafka.sasl.userSecrets (last .)) }}
- name: SCARCITY_KAFKA_MECHANISM
  value: {{ $kafka.sasl.mechanism }}
- name: SCARCITY_KAFKA_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $kafka.sasl.usernameKey }}
- name: SCARCITY_KAFKA_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ . }}
      key: {{ $kafka.sasl.passwordKey }}
{{- end }}
{{- end -}}

{{/* What KEDA has to know to look at Kafka as a service does: a list of the root and its name. */}}
{{- define "scarcity.kafkaSecrets" -}}
{{- $kafka := (first .).Values.kafka -}}
{{- with include "scarcity.secretOf" (list $kafka.sasl.userSecrets (last .)) -}}
- {parameter: username, name: {{ . }}, key: {{ $kafka.sasl.usernameKey }}}
- {parameter: password, name: {{ . }}, key: {{ $kafka.sasl.passwordKey }}}
{{ end -}}
{{- with $kafka.tls.caSecret -}}
- {parameter: ca, name: {{ . }}, key: {{ $kafka.tls.caKey }}}
{{ end -}}
{{- with include "scarcity.secretOf" (list $kafka.tls.clientSecrets (last .)) -}}
- {parameter: cert, name: {{ . }}, key: tls.crt}
- {parameter: key, name: {{ . }}, key: tls.key}
{{- end -}}
{{- end -}}
