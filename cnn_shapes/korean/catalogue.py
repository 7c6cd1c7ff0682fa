"""All that is said in Korean: the entries of each area, by their English templates."""

from __future__ import annotations

from cnn_shapes.korean import table

AREAS: dict[str, dict[str, str]] = {"table": table.TEXTS}
CATALOGUE = {template: text for area in AREAS.values() for template, text in area.items()}
