#!/usr/bin/env python3
"""Checks docker/compose.yaml: first against the Compose specification (an unknown or
misspelled key, a value of the wrong form, a reference to nothing), then against what we
ask of every service. Run it with the venv of the tests; --self-test checks the checker.
"""

import copy
import pathlib
import re
import sys

import compose_spec
import yaml

PATH = pathlib.Path(__file__).with_name("compose.yaml")
DOCKERFILE = PATH.with_name("Dockerfile")


def with_defaults(text):
    """What Compose makes of ${NAME:-default} where NAME is not set."""
    return re.sub(r"\$\{[A-Z_]+:-([^}]*)\}", r"\1", text)


def specification_errors(document):
    text = with_defaults(yaml.safe_dump(document))
    try:
        compose_spec.PyCompose.from_yaml(text).validate()
    except ValueError as error:
        return [f"not a Compose file: {error}"]
    return []


def is_writable_rootfs(service):
    return service.get("read_only") is not True


def has_health_check(service, dockerfile):
    """Its own, or the one of its stage of our Dockerfile."""
    if "healthcheck" in service:
        return True
    stage = service.get("build", {}).get("target", "-")
    _, found, rest = dockerfile.partition(f" AS {stage}\n")
    return bool(found) and "\nHEALTHCHECK " in rest.split("\nFROM ")[0]


def runs_as_root(service, dockerfile):
    if "user" in service:
        return str(service["user"]).split(":")[0] in ("root", "0")
    stage = service.get("build", {}).get("target", "-")
    _, found, rest = dockerfile.partition(f" AS {stage}\n")
    return not found or "\nUSER " not in rest.split("\nFROM ")[0]


def our_errors(document, dockerfile):
    for name, service in document["services"].items():
        if is_writable_rootfs(service):
            yield f"{name}: read_only is not true"
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
            yield f"{name}: does not drop all capabilities"
        if "no-new-privileges:true" not in service.get("security_opt", []):
            yield f"{name}: has no no-new-privileges"
        if service.get("privileged"):
            yield f"{name}: is privileged"
        if not service.get("mem_limit"):
            yield f"{name}: has no mem_limit"
        if not service.get("tmpfs"):
            yield f"{name}: is read-only but has no tmpfs"
        if not has_health_check(service, dockerfile):
            yield f"{name}: has no health check"
        if runs_as_root(service, dockerfile):
            yield f"{name}: runs as root"
        for port in service.get("ports", []):
            if not str(port).startswith("127.0.0.1:"):
                yield f"{name}: publishes {port} to more than this machine"
        for other, need in service.get("depends_on", {}).items():
            if need.get("condition") != "service_healthy":
                yield f"{name}: does not wait until {other} is healthy"
        for key, value in service.get("environment", {}).items():
            secret = any(word in key for word in ("PASSWORD", "KEY", "SECRET", "TOKEN"))
            if secret and not key.endswith("_FILE"):
                yield f"{name}: {key} has a secret in the environment: {value}"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if not source.startswith((".", "/")) and source not in document["volumes"]:
                yield f"{name}: no volume {source}"
        for secret in service.get("secrets", []):
            source = document.get("secrets", {}).get(secret, {})
            if "file" not in source:
                yield f"{name}: secret {secret} is no file"
    for needed in ("engine", "backend", "postgres", "redis"):
        if needed not in document["services"]:
            yield f"no service {needed}"


def check(document, dockerfile):
    return specification_errors(document) or list(our_errors(document, dockerfile))


def self_test(document, dockerfile):
    """Each change must be noticed."""
    changes = {
        "misspelled key": lambda d: d["services"]["redis"].update(readonly=True),
        "wrong condition": lambda d: d["services"]["engine"]["depends_on"]["backend"].update(
            condition="healthy"),
        "wrong amount": lambda d: d["services"]["redis"].update(mem_limit="lots"),
        "unknown volume": lambda d: d["volumes"].pop("models"),
        "unknown secret": lambda d: d["secrets"].pop("postgres_password"),
        "writable": lambda d: d["services"]["engine"].update(read_only=False),
        "no limit": lambda d: d["services"]["engine"].pop("mem_limit"),
        "root": lambda d: d["services"]["postgres"].pop("user"),
        "no health check": lambda d: d["services"]["postgres"].pop("healthcheck"),
        "capability": lambda d: d["services"]["redis"].update(cap_add=["SYS_ADMIN"]),
        "open port": lambda d: d["services"]["engine"].update(ports=["50051:50051"]),
        "secret in the open": lambda d: d["services"]["postgres"]["environment"].update(
            POSTGRES_PASSWORD="x"),
        "no redis": lambda d: d["services"].pop("redis"),
    }
    missed = [f"check_compose: {error}" for error in check(document, dockerfile)]
    for name, change in changes.items():
        changed = copy.deepcopy(document)
        change(changed)
        if not check(changed, dockerfile):
            missed.append(f"check_compose: does not notice: {name}")
    print("\n".join(missed) or f"check_compose: {len(changes)} wrong changes all noticed")
    return bool(missed)


def main():
    document = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    dockerfile = DOCKERFILE.read_text(encoding="utf-8")
    if sys.argv[1:] == ["--self-test"]:
        return self_test(document, dockerfile)
    errors = check(document, dockerfile)
    print("\n".join(errors) or f"check_compose: {len(document['services'])} services")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
