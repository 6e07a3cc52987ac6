"""What the product holds of a project."""

from __future__ import annotations

from typing import Any

from support.product import Product


def spans(product: Product, project: str) -> list[dict[str, Any]]:
    """Each span whole, in any order; at most 1000."""
    listed = product.get("/v1/spans", project_name=project, limit="1000")["spans"]
    return [product.get(f"/v1/spans/{span['id']}", project_name=project) for span in listed]


def inputs(product: Product, project: str) -> list[Any]:
    """What the spans of a project have as input, sorted by its text."""
    return sorted((span.get("input") for span in spans(product, project)), key=str)


def count(product: Product, project: str, of: str = "spans", where: str = "") -> int:
    """How many spans, traces or events of feedback there are that a filter lets through."""
    narrowed = {"filter": where} if where else {}
    return int(product.get("/v1/count", project_name=project, of=of, **narrowed)["count"])


def named(product: Product, project: str, name: str) -> int:
    """How many spans have that name."""
    return count(product, project, where=f'name = "{name}"')
