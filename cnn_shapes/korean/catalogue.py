"""All that is said in Korean: the entries of each area, by their English templates."""

from __future__ import annotations

from cnn_shapes.korean import design, diagnosis, repairs, shapes, table

AREAS = {
    "table": table.TEXTS,
    "shapes": shapes.TEXTS,
    "diagnosis": diagnosis.TEXTS,
    "design": design.TEXTS,
    "repairs": repairs.TEXTS,
}
CATALOGUE = {template: text for area in AREAS.values() for template, text in area.items()}
