"""Words that outputs must carry."""

from __future__ import annotations

from policypress.outline import GuidelineOutline
from policypress.usage import code_uses

CPT_NOTICE = (
    "CPT® is a registered trademark of the American Medical Association. "
    "CPT codes © American Medical Association."
)


def notices(laid: GuidelineOutline) -> list[str]:
    """Return the notices of a guideline: its own, and the AMA's where it uses a CPT code."""
    guideline = laid.guideline
    registered = guideline.registers.codes
    own = [guideline.notice.value] if guideline.notice is not None else []
    cpt = any(code in registered and registered[code].system == "CPT" for code in code_uses(laid))
    return own + ([CPT_NOTICE] if cpt else [])
