"""A small library around the examples of the rules' pages, so that each shows its own fault and no other.

An example is one section file, or several files each begun by a line `# file: PATH` (below the source folder).
"""

from __future__ import annotations

import re
from pathlib import Path

from policypress.checks import run_checks
from policypress.finding import Finding
from policypress.library import read_library

BLOCK = re.compile(r"```yaml (bad|good)\n(.*?)```", re.S)
_FILE = re.compile(r"^# file: (\S+)\n", re.M)

REGISTERS = {
    "registers/codes.yaml": """\
- {code: "78813", system: CPT, label: "PET whole body", modality: PET, role: diagnostic, region: "whole body", verified: {source: example, on: 2026-01-01}}
- {code: "78815", system: CPT, label: "PET with CT to mid-thigh", modality: PET/CT, role: diagnostic, region: "skull base to mid-thigh", verified: {source: example, on: 2026-01-01}}
- {code: "76498", system: CPT, label: "unlisted MR", modality: MRI, role: unlisted, verified: {source: example, on: 2026-01-01}}
- {code: "70553", system: CPT, label: "brain MRI both phases", modality: MRI, role: diagnostic, region: brain, verified: {source: example, on: 2026-01-01}}
- {code: "77012", system: CPT, label: "CT for needle guidance", modality: CT, role: guidance, verified: {source: example, on: 2026-01-01}}
- {code: "20982", system: CPT, label: "bone tumor ablation", role: procedure, region: bone, verified: {source: example, on: 2026-01-01}}
- {code: "76376", system: CPT, label: "3-D images", role: rendering, verified: {source: example, on: 2026-01-01}}
""",
    "registers/parameters.yaml": """\
- {id: radiation-delay, value: 12, unit: wk, words: "12 weeks"}
- {id: interval, value: 6, max: 8, unit: wk, words: "6–8 weeks"}
""",
    "registers/facts.yaml": """\
- {id: since-radiation, question: "How long ago did radiation end?", type: quantity, unit: wk}
- {id: dx.glioma, question: "Is the tumor a glioma?"}
- {id: dx.lymphoma, question: "Is the tumor a lymphoma?"}
""",
    "registers/terms.yaml": """\
- {term: PET-MRI, expansion: "positron emission tomography with magnetic resonance imaging", variants: [PET/MRI]}
- {term: PET/CT, expansion: "positron emission tomography with computed tomography"}
- {term: PET, expansion: "positron emission tomography"}
- {term: MRI, expansion: "magnetic resonance imaging"}
- {term: CT, expansion: "computed tomography"}
""",
    "registers/exclusive.yaml": "- {name: brain tumor, facts: [dx.glioma, dx.lymphoma]}\n",
    "registers/references.yaml": '- {id: plan-2025, title: "Example plan"}\n',
}
TODAY = "2026-06-30"
GUIDELINE = """\
id: example
title: Example
version: 1.0.0
status: draft
effective: 2026-01-01
chapters:
  - title: General
    sections: [{sections}]
"""


def write_example(block: str, folder: Path) -> None:
    """Write the library of an example below a folder."""
    parts = _FILE.split(block)
    files = dict(zip(parts[1::2], parts[2::2], strict=True))
    if parts[0].strip():
        files["example/sections/section.yaml"] = parts[0]
    ids = [
        match[1]
        for path, text in sorted(files.items())
        if path.startswith("example/sections/") and (match := re.search(r"^id: (\S+)$", text, re.M)) is not None
    ]
    for path, text in {**REGISTERS, "example/guideline.yaml": GUIDELINE.format(sections=", ".join(ids)), **files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def findings_of(block: str, folder: Path) -> tuple[Finding, ...]:
    """Return the findings of an example."""
    write_example(block, folder)
    return run_checks(read_library(folder), today=TODAY)
