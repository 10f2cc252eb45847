"""The bill of materials: CycloneDX 1.6 in JSON. The same wheels give the same bytes."""

from __future__ import annotations

import json
import uuid
from typing import Any

from parts import OUR_NAME, Part


def bill_of(parts: list[Part], version: str, made: str) -> str:
    """Write the bill of this version, made on that day."""
    components = [_component(part) for part in parts if part.name != OUR_NAME]
    us = next((_component(part) for part in parts if part.name == OUR_NAME), {"name": OUR_NAME})
    us |= {"type": "application", "version": version, "bom-ref": OUR_NAME}
    us.pop("purl", None)  # it is not in the package index
    names = [component["bom-ref"] for component in components]
    bill: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"timestamp": f"{made}T00:00:00+00:00", "component": us},
        "components": components,
        "dependencies": [
            {"ref": OUR_NAME, "dependsOn": names},
            *({"ref": name} for name in names),
        ],
    }
    number = uuid.uuid5(uuid.NAMESPACE_OID, json.dumps(bill))
    return json.dumps({"serialNumber": f"urn:uuid:{number}", **bill}, indent=1) + "\n"


def _component(part: Part) -> dict[str, Any]:
    name = part.name.lower().replace("_", "-")
    address = f"pkg:pypi/{name}@{part.version}"
    licence = (
        {"expression": part.licence} if part.is_expression else {"license": {"name": part.licence}}
    )
    return {
        "type": "library",
        "bom-ref": address,
        "name": part.name,
        "version": part.version,
        "purl": address,
        "hashes": [{"alg": "SHA-256", "content": part.sha256}],
        "licenses": [licence],
    }
