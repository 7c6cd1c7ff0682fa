"""All that is said in Korean: the entries of each area, by their English templates."""

from __future__ import annotations

from cnn_shapes.korean.texts import (
    answers,
    design,
    diagnosis,
    explanations,
    field_docs,
    kind_docs,
    prompt_help,
    prompt_text,
    reading,
    repairs,
    shapes,
    syntax,
    table,
)

AREAS = {
    "table": table.TEXTS,
    "shapes": shapes.TEXTS,
    "diagnosis": diagnosis.TEXTS,
    "design": design.TEXTS,
    "repairs": repairs.TEXTS,
    "reading": reading.TEXTS,
    "syntax": syntax.TEXTS,
    "answers": answers.TEXTS,
    "explanations": explanations.TEXTS,
    "kinds": kind_docs.TEXTS,
    "prompt": prompt_text.TEXTS,
    "help": prompt_help.TEXTS,
    "fields": field_docs.TEXTS,
    "lessons": prompt_help.LESSONS,
}
CATALOGUE = {template: text for area in AREAS.values() for template, text in area.items()}
