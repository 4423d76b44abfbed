"""The webhooks' paths in the manifests are the ids of the operator's handlers, of the same kind."""

import re

from deploy.k8s.manifests import Manifest
from deploy.k8s.validate import FOLDER
from tests.k8s.conftest import Rendered

SOURCE = FOLDER.parents[1] / "services/k8s-operator/k8s_operator/admission.py"
KINDS = {"ValidatingWebhookConfiguration": "validate", "MutatingWebhookConfiguration": "mutate"}
DECORATED = re.compile(r'kopf\.on\.(validate|mutate)\(.*id="(\w+)"')


def paths_of(manifest: Manifest) -> set[tuple[str, str]]:
    return {(KINDS[manifest["kind"]], one["clientConfig"]["service"]["path"]) for one in manifest["webhooks"]}


def test_each_webhook_leads_to_a_handler_of_its_kind_and_none_is_left_out(rendered: Rendered) -> None:
    source = SOURCE.read_text(encoding="utf-8")
    handlers = {(kind, f"/{name}") for kind, name in DECORATED.findall(source)}

    webhooks = list(rendered("admission").of_kind(*KINDS))

    assert handlers
    assert set().union(*map(paths_of, webhooks)) == handlers
