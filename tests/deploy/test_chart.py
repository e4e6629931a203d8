"""The chart: lints, renders objects that Kubernetes accepts, hardened, and refuses misspellings."""

import json
from collections.abc import Iterator
from typing import Any, cast

import helm_python
import kubernetes_validate  # type: ignore[import-untyped]  # it has no annotations
import pytest
import yaml

from deploy.manifests import (
    CHART,
    Named,
    NetworkPolicySpec,
    NetworkRule,
    Object,
    ScaledObject,
    Values,
    deployments,
    network_policies,
    of_kind,
    rendered,
    settings_class,
    settings_classes,
)
from scarcity.events import RAW, WindowSealed
from scarcity.roster import ROSTER, entry
from scarcity.runtime.settings import PlatformSettings, load, refuse_unknown

KUBERNETES = ("1.29", "1.37")
"""The oldest version that the chart supports, and the newest that has a schema here."""

PROMETHEUS = "http://prometheus.monitoring:9090"

NEEDED: Values = {
    "kafka": {"bootstrapServers": "kafka-0:9092,kafka-1:9094"},
    "auth": {"existingSecret": "the-token"},
}
SECURED: Values = {
    "kafka": {
        "bootstrapServers": "kafka-0:9092,kafka-1:9094",
        "tls": {"enabled": True, "caSecret": "the-ca", "clientSecrets": {"gateway": "its-cert"}},
        "sasl": {"userSecrets": {"default": "a-user", "mpie": "its-user"}, "passwordKey": "word"},
    }
}
EVERYTHING: Values = (
    NEEDED
    | SECURED
    | {
        "otlp": {"endpoint": "https://traces.example.org/v1/traces"},
        "drainSeconds": 42,
        "logLevel": "debug",
        "priorityClassName": "high",
        "image": {"tag": "9.9.9", "pullSecrets": ["registry"]},
        "podAnnotations": {"example.org/team": "causal"},
        "podLabels": {"example.org/tier": "core"},
        "nodeSelector": {"kubernetes.io/arch": "amd64"},
        "tolerations": [{"key": "dedicated", "operator": "Exists"}],
        "networkPolicy": {
            "gatewayFrom": [{"namespaceSelector": {}}],
            "metricsFrom": [{"podSelector": {"matchLabels": {"app": "prometheus"}}}],
            "kafkaTo": [{"ipBlock": {"cidr": "10.0.0.0/8"}}],
            "otlpTo": [{"ipBlock": {"cidr": "10.0.0.0/8"}}],
        },
        "services": {
            "stream_manager": {
                "keda": {"enabled": True},
                "settings": {"lateness_s": 0.5, "partitioner": "murmur2"},
            },
            "mpie": {
                "keda": {"enabled": True, "prometheus": PROMETHEUS},
                "settings": {"max_lag": 5, "alpha": 0.001},
            },
            "gateway": {"replicas": 2, "settings": {"max_body_bytes": 33554432}},
            "federation": {"enabled": True, "membershipSecret": "membership"},
            "meta_learning": {"enabled": True, "settings": {"every_s": 10}},
            "demo": {"enabled": True},
        },
    }
)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    helm_python.disable_logging()
    yield
    helm_python.enable_logging()


@pytest.fixture(params=[NEEDED, EVERYTHING], ids=["least", "everything"])
def objects(request: pytest.FixtureRequest) -> list[Object]:
    values: Values = request.param
    return rendered(values)


def tcp(port: int | str) -> Object:
    return {"port": port, "protocol": "TCP"}


@pytest.mark.parametrize("values", [NEEDED, EVERYTHING], ids=["least", "everything"])
def test_it_lints(values: Values) -> None:
    assert helm_python.lint(CHART, values, strict=True)["errors"] == []


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_accepts_every_object(objects: list[Object], version: str) -> None:
    core = [found for found in objects if found["apiVersion"] != "keda.sh/v1alpha1"]

    for found in core:
        kubernetes_validate.validate(found, version, strict=True)

    assert {found["kind"] for found in core} == {
        "Deployment",
        "NetworkPolicy",
        "PodDisruptionBudget",
        "Service",
        "ServiceAccount",
    }


@pytest.mark.parametrize("version", KUBERNETES)
def test_kubernetes_would_refuse_a_misspelt_field(version: str) -> None:
    deployment = next(of_kind(rendered(NEEDED), "Deployment"))
    misspelt = json.loads(json.dumps(deployment).replace("livenessProbe", "livelinessProbe"))

    with pytest.raises(kubernetes_validate.ValidationError, match="livelinessProbe"):
        kubernetes_validate.validate(misspelt, version, strict=True)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"kafak": {}}, "kafak"),
        ({"kafka": {"bootstrapServers": "kafka"}}, "bootstrapServers"),
        ({"kafka": {"sasl": {"mechanism": "GSSAPI"}}}, "mechanism"),
        ({"logLevel": "loud"}, "logLevel"),
        ({"services": {"mpei": {}}}, "mpei"),
        ({"services": {"mpie": {"replica": 2}}}, "replica"),
        ({"services": {"mpie": {"settings": {"max_lags": 5}}}}, "max_lags"),
        ({"services": {"mpie": {"settings": {"max_lag": 65}}}}, "maximum"),
        ({"services": {"stream_manager": {"settings": {"partitioner": "crc"}}}}, "partitioner"),
        ({"services": {"core_manager": {"replicas": 2}}}, "maximum"),
        ({"services": {"gateway": {"keda": {"enabled": True}}}}, "keda"),
    ],
)
def test_what_cannot_be_meant_is_refused(values: Values, complaint: str) -> None:
    with pytest.raises(helm_python.HelmValuesError, match=complaint):
        rendered(NEEDED | values)


@pytest.mark.parametrize("missing", ["kafka", "auth"])
def test_it_says_what_has_to_be_set(missing: str) -> None:
    values = {name: value for name, value in NEEDED.items() if name != missing}

    with pytest.raises(helm_python.HelmRenderError, match=rf"set {missing}\.\w+ to"):
        rendered(values)


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"tls": {"caSecret": "the-ca"}}, "set kafka.tls.enabled to true"),
        ({"tls": {"clientSecrets": {"default": "x"}}}, "set kafka.tls.enabled to true"),
        ({"sasl": {"mechanism": "PLAIN", "userSecrets": {"mpie": "x"}}}, "in the clear"),
        ({"sasl": {"userSecrets": {"mpei": "x"}}}, "secret for mpei, and there is no such service"),
    ],
)
def test_what_cannot_reach_kafka_is_refused(given: Values, advice: str) -> None:
    with pytest.raises(helm_python.HelmRenderError, match=advice):
        rendered(NEEDED | {"kafka": {"bootstrapServers": "kafka:9092", **given}})


def test_every_service_of_the_roster_can_run() -> None:
    assert deployments(rendered(EVERYTHING)).keys() == {found.name for found in ROSTER}


def test_a_service_accepts_its_environment(
    objects: list[Object], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, deployment in deployments(objects).items():
        environment = deployment.environment()
        refuse_unknown(environment, settings_classes())
        with monkeypatch.context() as outside:
            for variable, value in environment.items():
                outside.setenv(variable, value)
            assert load(PlatformSettings).bus == "kafka://kafka-0:9092,kafka-1:9094"
            own = load(settings_class(entry(name))).model_dump()

        if "max_body_bytes" in own and "SCARCITY_GATEWAY_MAX_BODY_BYTES" in environment:
            assert own["max_body_bytes"] == 33554432


def test_settings_reach_their_service_alone() -> None:
    made = {name: found.environment() for name, found in deployments(rendered(EVERYTHING)).items()}

    assert made["mpie"]["SCARCITY_MPIE_MAX_LAG"] == "5"
    assert made["mpie"]["SCARCITY_MPIE_ALPHA"] == "0.001"
    assert [name for name in made if "SCARCITY_MPIE_MAX_LAG" in made[name]] == ["mpie"]


def test_kubernetes_adds_no_variables_of_its_own(objects: list[Object]) -> None:
    """A service named scarcity-gateway would set SCARCITY_GATEWAY_PORT: an unknown setting."""
    assert not any(found.pod.enable_service_links for found in deployments(objects).values())


def test_containers_have_no_privileges_and_bounded_memory(objects: list[Object]) -> None:
    for deployment in deployments(objects).values():
        container = deployment.container

        assert deployment.pod.security_context == {
            "runAsNonRoot": True,
            "runAsUser": 10001,
            "runAsGroup": 10001,
            "fsGroup": 10001,
            "seccompProfile": {"type": "RuntimeDefault"},
        }
        assert container.security_context == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert "memory" in container.resources["limits"]
        assert container.resources["requests"].keys() == {"cpu", "memory"}


def test_no_service_may_ask_kubernetes_for_anything(objects: list[Object]) -> None:
    [account] = of_kind(objects, "ServiceAccount")

    assert account["automountServiceAccountToken"] is False
    assert not any(
        found.pod.automount_service_account_token for found in deployments(objects).values()
    )


def secrets_of(objects: list[Object], variable: str) -> dict[str, tuple[str, str]]:
    """Return by service the secret, and the key in it, that a variable comes from."""
    return {
        name: (found.value_from.secret_key_ref.name, found.value_from.secret_key_ref.key)
        for name, deployment in deployments(objects).items()
        for found in deployment.container.env
        if found.name == variable and found.value_from
    }


def test_the_token_comes_from_a_secret_and_reaches_the_gateway_alone(
    objects: list[Object],
) -> None:
    assert secrets_of(objects, "SCARCITY_TOKEN") == {"gateway": ("the-token", "token")}
    assert list(of_kind(objects, "Secret")) == []


WITHOUT_TOKEN: Values = {
    "kafka": NEEDED["kafka"],
    "auth": {"sessionSecret": "the-sessions"},
    "networkPolicy": {"oidcTo": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]},
    "services": {
        "gateway": {
            "settings": {
                "local_token": False,
                "oidc_issuer": "https://id.example.org:8443/realms/plant",
                "oidc_audience": "scarcity",
                "oidc_roles": {"ops": "operator"},
            }
        }
    },
}


def test_the_gateway_can_do_without_a_token(monkeypatch: pytest.MonkeyPatch) -> None:
    objects = rendered(WITHOUT_TOKEN)
    environment = deployments(objects)["gateway"].environment()
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    settings = load(settings_class(entry("gateway"))).model_dump()

    assert secrets_of(objects, "SCARCITY_TOKEN") == {}
    assert secrets_of(objects, "SCARCITY_GATEWAY_SESSION_SECRET") == {
        "gateway": ("the-sessions", "secret")
    }
    assert (settings["local_token"], settings["oidc_roles"]) == (False, {"ops": "operator"})


def test_the_gateway_alone_reaches_its_identity_provider() -> None:
    specs = {
        cast(Any, each)["metadata"]["name"]: cast(Any, each)["spec"]
        for each in of_kind(rendered(WITHOUT_TOKEN), "NetworkPolicy")
    }

    assert specs["scarcity-gateway"]["policyTypes"] == ["Ingress", "Egress"]
    assert specs["scarcity-gateway"]["egress"] == [
        {"ports": [tcp(8443)], "to": [{"ipBlock": {"cidr": "10.1.0.0/16"}}]}
    ]
    assert "8443" not in json.dumps(specs["scarcity"])


def test_each_service_comes_to_kafka_as_the_user_of_its_own_secret() -> None:
    objects = rendered(EVERYTHING)
    users = secrets_of(objects, "SCARCITY_KAFKA_USERNAME")
    passwords = secrets_of(objects, "SCARCITY_KAFKA_PASSWORD")

    assert users.keys() == {found.name for found in ROSTER}
    assert (users["mpie"], passwords["mpie"]) == (("its-user", "username"), ("its-user", "word"))
    assert (users["drg"], passwords["drg"]) == (("a-user", "username"), ("a-user", "word"))
    assert secrets_of(rendered(NEEDED), "SCARCITY_KAFKA_PASSWORD") == {}


def test_certificates_for_kafka_are_mounted_read_only_where_services_look_for_them() -> None:
    made = deployments(rendered(EVERYTHING))
    mounted = {name: mounts(found) for name, found in pods(rendered(EVERYTHING)).items()}

    for name, deployment in made.items():
        environment = deployment.environment()
        assert environment["SCARCITY_KAFKA_TLS"] == "true"
        assert mounted[name]["/kafka/ca"] == "the-ca"
        assert environment["SCARCITY_KAFKA_CA_FILE"] == "/kafka/ca/ca.crt"
    assert {name for name in mounted if "/kafka/client" in mounted[name]} == {"gateway"}
    assert mounted["gateway"]["/kafka/client"] == "its-cert"
    assert made["gateway"].environment()["SCARCITY_KAFKA_CERT_FILE"] == "/kafka/client/tls.crt"
    assert made["gateway"].environment()["SCARCITY_KAFKA_KEY_FILE"] == "/kafka/client/tls.key"


def pods(objects: list[Object]) -> dict[str, Any]:
    """Return by service what its pods are made of."""
    found = [cast(Any, each)["spec"]["template"]["spec"] for each in of_kind(objects, "Deployment")]
    return {each["containers"][0]["args"][0]: each for each in found}


def mounts(pod: Any) -> dict[str, str]:
    """Return by place the secrets of a pod, which nobody may write to."""
    secrets = {
        each["name"]: each["secret"]["secretName"] for each in pod["volumes"] if "secret" in each
    }
    found = [each for each in pod["containers"][0]["volumeMounts"] if each["name"] in secrets]
    assert all(each["readOnly"] for each in found)
    return {each["mountPath"]: secrets[each["name"]] for each in found}


@pytest.mark.parametrize("drain_s", [1, 10, 600])
def test_a_pod_has_time_to_drain(drain_s: int) -> None:
    for deployment in deployments(rendered(NEEDED | {"drainSeconds": drain_s})).values():
        assert deployment.environment()["SCARCITY_DRAIN_S"] == str(drain_s)
        assert deployment.pod.termination_grace_period_seconds == drain_s + 20


def test_a_pod_starts_slowly_without_being_killed_and_gets_work_when_ready(
    objects: list[Object],
) -> None:
    for deployment in deployments(objects).values():
        container = deployment.container
        probed = {
            probe: json.dumps(found)
            for probe, found in [
                ("start", container.startup_probe),
                ("ready", container.readiness_probe),
                ("live", container.liveness_probe),
            ]
        }

        assert "/livez" in probed["start"]
        assert "/readyz" in probed["ready"]
        assert "/livez" in probed["live"]


def test_what_is_not_allowed_on_the_network_is_refused() -> None:
    policies = network_policies(rendered(NEEDED))
    release = {"app.kubernetes.io/name": "scarcity", "app.kubernetes.io/instance": "scarcity"}
    gateway = release | {"app.kubernetes.io/component": "gateway"}

    assert policies == {
        "scarcity": NetworkPolicySpec(
            podSelector={"matchLabels": release},
            policyTypes=["Ingress", "Egress"],
            egress=[
                NetworkRule(ports=[tcp(53) | {"protocol": "UDP"}, tcp(53)]),
                NetworkRule(ports=[tcp(9092), tcp(9094)]),
            ],
        ),
        "scarcity-gateway": NetworkPolicySpec(
            podSelector={"matchLabels": gateway},
            policyTypes=["Ingress"],
            ingress=[NetworkRule(ports=[tcp("http")])],
        ),
    }


@pytest.mark.parametrize(
    ("endpoint", "port"),
    [
        ("http://collector:4318/v1/traces", 4318),
        ("https://traces.example.org/v1/traces", 443),
        ("http://traces.example.org/v1/traces", 80),
    ],
)
def test_traces_may_leave_by_the_port_of_their_endpoint(endpoint: str, port: int) -> None:
    policies = network_policies(rendered(NEEDED | {"otlp": {"endpoint": endpoint}}))

    assert [rule.ports for rule in policies["scarcity"].egress][-1] == [tcp(port)]


def test_scaling_on_lag_is_off_unless_asked_for() -> None:
    objects = rendered(NEEDED)

    assert list(of_kind(objects, "ScaledObject")) == []
    assert all(found.spec.replicas == 1 for found in deployments(objects).values())


def test_keda_scales_on_the_topic_and_group_that_a_service_reads() -> None:
    objects = rendered(EVERYTHING)
    scalers = [ScaledObject.model_validate(found) for found in of_kind(objects, "ScaledObject")]
    lags, hints = (
        [
            trigger.metadata
            for scaler in scalers
            for trigger in scaler.spec.triggers
            if trigger.type == kind
        ]
        for kind in ("kafka", "prometheus")
    )

    assert {trigger["consumerGroup"]: trigger["topic"] for trigger in lags} == {
        "stream_manager": RAW.name,
        "mpie": WindowSealed.topic.name,
    }
    assert all(trigger["lagThreshold"].isdecimal() for trigger in lags)
    (hint,) = hints
    assert hint["serverAddress"] == PROMETHEUS
    assert 'scarcity_scale_hint{component="mpie",' in hint["query"]
    assert deployments(objects)["mpie"].spec.replicas is None
    assert deployments(objects)["gateway"].spec.replicas == 2


def test_keda_looks_at_kafka_as_the_service_that_it_scales() -> None:
    objects = rendered(EVERYTHING)
    given = {
        cast(Any, each)["metadata"]["name"]: {
            ref["parameter"]: (ref["name"], ref["key"])
            for ref in cast(Any, each)["spec"]["secretTargetRef"]
        }
        for each in of_kind(objects, "TriggerAuthentication")
    }
    triggers = {
        cast(Any, each)["metadata"]["name"]: cast(Any, each)["spec"]["triggers"][0]
        for each in of_kind(objects, "ScaledObject")
    }

    assert given["scarcity-mpie"] == {
        "username": ("its-user", "username"),
        "password": ("its-user", "word"),
        "ca": ("the-ca", "ca.crt"),
    }
    for name, trigger in triggers.items():
        assert trigger["authenticationRef"]["name"] == name
        assert (trigger["metadata"]["tls"], trigger["metadata"]["sasl"]) == (
            "enable",
            "scram_sha512",
        )
    assert given.keys() == triggers.keys()


@pytest.mark.parametrize(
    ("service", "partitions"),
    [("stream_manager", RAW.partitions), ("mpie", WindowSealed.topic.partitions)],
)
def test_more_instances_than_partitions_are_refused(service: str, partitions: int) -> None:
    assert rendered(NEEDED | {"services": {service: {"replicas": partitions}}})

    with pytest.raises(helm_python.HelmValuesError, match="replicas"):
        rendered(NEEDED | {"services": {service: {"replicas": partitions + 1}}})


def test_a_membership_is_mounted_where_the_federation_looks_for_it() -> None:
    objects = rendered(EVERYTHING)
    place = deployments(objects)["federation"].environment()["SCARCITY_FEDERATION_DIR"]

    assert mounts(pods(objects)["federation"])[place] == "membership"

    with pytest.raises(helm_python.HelmRenderError, match="membershipSecret"):
        rendered(NEEDED | {"services": {"federation": {"enabled": True}}})


def test_a_member_of_a_sealed_federation_has_a_volume_that_lasts() -> None:
    federation = {"enabled": True, "membershipClaim": "plant-7"}
    pod = pods(rendered(NEEDED | {"services": {"federation": federation}}))["federation"]

    (volume,) = (each for each in pod["volumes"] if each["name"] == "membership")
    (container,) = pod["containers"]
    (mount,) = (each for each in container["volumeMounts"] if each["name"] == "membership")
    assert volume["persistentVolumeClaim"] == {"claimName": "plant-7"}
    assert mount["readOnly"] is False


def test_a_release_of_any_name_keeps_to_itself() -> None:
    objects = rendered(NEEDED, release="plant-7")
    names = [Named.model_validate(found).metadata.name for found in objects]

    assert all(name.startswith("plant-7-scarcity") for name in names)


def test_the_values_file_documents_what_the_schema_allows() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    values = yaml.safe_load((CHART / "values.yaml").read_text())

    assert values.keys() == set(schema["required"])
    assert schema["additionalProperties"] is False
