"""Words that leave a condition open: vague terms, open lists, exceptions and guidance that are not named."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.criteria import Criterion, Group, Node
from policypress.finding import Severity
from policypress.pattern import pattern
from policypress.wording import Hit

# What two careful readers of this field measure differently; what can be counted or looked up is not here.
_VAGUE = pattern(
    r"\b((?:meaningful|significant|substantial|considerable|adequate|inadequate|sufficiently|reasonabl[ey]|materially"
    r"|relatively|favou?rable|(?<!QRS )complex(?! (?:regional|partial|focal|febrile|congenital)\b)|rare|recent(?:ly)?"
    r"|high[- ]risk|low[- ]risk|toddlers?|elderly|frequent(?:ly)?|prolonged"
    r"|prompt(?:ly)?|clinically appropriate|disease-appropriate|appropriate (?:radio)?tracer|as soon as possible"
    r"|(?:(?<= is )|(?<= are )|(?<= be ))(?:appropriate|suitable)(?! (?:to|for)\b))\b"
    r"|(?:several|many|various|(?<!\ba )certain|select|(?<!been )(?<!is )(?<!are )(?<!was )(?<!were )selected)"
    r" (?=[a-z]{3}))",
    re.I,
)
_VAGUE_WORDS = frozenset(
    "meaningful significant substantial considerable adequate inadequate sufficiently reasonable reasonably materially "
    "relatively favorable favourable complex rare recent recently "
    "high-risk low-risk risk toddler toddlers elderly frequent frequently "
    "prolonged prompt promptly clinically disease-appropriate tracer radiotracer soon several many various certain "
    "appropriate suitable selected select".split()
)
_OPEN_WORDS = frozenset({"etc", "so", "like", "others", "similar", "limited"})
_EXAMPLE_WORDS = frozenset({"e", "example", "instance", "such"})
_UNNAMED_WORDS = frozenset(
    "specified stated noted described provided authorized indicated outlined applicable appropriate needed required "
    "exclusion exclusions".split()
)
# "A significant weight loss of at least 10 %": a number behind it says what it means.
_AMOUNT_BESIDE = pattern(r"[^,.;\d]{0,30}\d")
_OPEN = pattern(
    r"(\betc\b\.?|\band so (?:on|forth)\b|\band the like\b|\bamong others\b|\bor similar\b|\bor the like\b"
    r"|\b(?:including,? )?but not limited to\b)",
    re.I,
)
_EXAMPLES = pattern(r"(\be\.\s?g\.|\bfor (?:example|instance)\b|\bsuch as\b)", re.I)
_UNNAMED = pattern(
    r"\b((?:unless|except)(?: (?:as|where|when|if))?(?: it is| they are)? (?:(?:otherwise|differently) )?"
    r"(?:specified|stated|noted|described|provided|authorized)(?: otherwise| elsewhere| differently)?"
    r"|as (?:otherwise )?(?:specified|indicated|described|outlined|noted|applicable|appropriate|needed|required)"
    r"(?: elsewhere| above| below)?"
    r"|(?:several|certain|some|general) (?:\w+ )?exclusions? (?:may )?appl(?:y|ies))(?![\w-])"
    r"(?! (?:in|by|under|per|for|on|to|with|from|at|of)\b)",
    re.I,
)
_KINDS = r"guidelines?|guidance|criteria|sections?|polic(?:y|ies)|exceptions?|recommendations?|pathways?"
_GUIDANCE = pattern(
    rf"\b((?:[a-z]+-)+specific (?:\w+ )?(?:{_KINDS})|specific (?:\w+ )?(?:guidelines?|guidance)"
    r"|guideline-(?!directed medical)\w+(?: recommendations?)?|(?:[\w/-]+ )?guidelines?\b(?!-))",
    re.I,
)
_ELSEWHERE = pattern(
    r"((?:criteria|requirements|conditions) (?:in|of|under) (?:the|our|its) (?:[\w/-]+ ){1,4}"
    r"(?:policy|policies|manual)\b"
    r"|(?:criteria|requirements|conditions|rules)(?: (?:listed|stated|given|described))? (?:above|below|elsewhere)\b)"
)
_POINTING = (" above", " below", " elsewhere", " policy", " policies", " manual")


def vague_term(view: SectionView) -> Iterator[Fault]:
    """A criterion rests on a word that two readers measure differently.

    "Meaningful contact", "a complex fracture", "high-risk disease": one reviewer says met, the next not met, and
    neither can be shown wrong. An amount, a list of cases or a definition in the register of terms settles it; a
    word that the register of terms defines is not reported.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: Meaningful contact took place in the last weeks
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: A visit or a telephone call took place in the last weeks
    ```
    """
    if _VAGUE_WORDS.isdisjoint(view.words):
        return
    defined = {name.casefold() for name, term in view.registers.terms.items() if term.definition is not None}
    for hit in view.wording.search(_VAGUE):
        word = hit.words.strip().casefold()
        if hit.passage.kind not in ("criterion", "intro") or word in defined:
            continue
        owner = hit.passage.owner
        if isinstance(owner, Criterion) and (owner.compare is not None or owner.see is not None):
            continue
        if _AMOUNT_BESIDE.match(hit.passage.text.value, hit.end) is not None:
            continue
        words = hit.words.strip()
        yield Fault(
            f"“{words}” is measured by each reader in another way",
            hit.passage.text.at(hit.start, hit.start + len(words)),
            "give an amount or the cases that count, or define the word in registers/terms.yaml", hit.passage.id,
        )  # fmt: skip


def open_list(view: SectionView) -> Iterator[Fault]:
    """A list in a condition is left open: it ends with "etc." or the like.

    Whether what the list does not name counts is then decided anew in every case, and never the same way twice. Name
    all that count, or name what they have in common and give the list as `examples`.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The result guides surgery, radiation, etc.
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The result guides the local treatment of the tumor
      examples:
        - Surgery
        - Radiation
    ```
    """
    for hit in view.hits(_OPEN, ("criterion", "coding_rule", "intro"), _OPEN_WORDS):
        yield Fault(
            f"“{hit.words}” leaves open what else counts", hit.span,
            "name all that count, or say what they have in common and list them as examples", hit.passage.id,
        )  # fmt: skip


def examples_in_criterion(view: SectionView) -> Iterator[Fault]:
    """A criterion gives its examples among its words.

    Examples are no condition, and what stands behind "e.g." is easily read as the whole list. The key `examples` keeps
    them apart: they are printed under the criterion, and nobody takes them for logic.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The result changes the plan of treatment (e.g. the site of a biopsy)
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The result changes the plan of treatment
      examples:
        - The site of a biopsy
    ```
    """
    for hit in view.hits(_EXAMPLES, ("criterion",), _EXAMPLE_WORDS):
        yield Fault(
            f"What follows “{hit.words}” could be some of the cases or all of them", hit.span,
            "move what follows to `examples`, or make each a criterion of its own below `any`", hit.passage.id,
        )  # fmt: skip


def unnamed_exception(view: SectionView) -> Iterator[Fault]:
    """An exception or a rule is pointed to that nobody names.

    "Unless otherwise specified", "as indicated", "several exclusions apply": the reader has to know where that is
    specified. Name the place with `see`, write the exception out as `unless` or `except_when`, or take the words out.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The interval since the last study is kept as specified
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The interval since the last study is kept as specified in the consent form
    ```
    """
    for hit in view.hits(_UNNAMED, ("criterion", "intro", "coding_rule"), _UNNAMED_WORDS):
        yield Fault(
            f"“{hit.words}” points to something that is not named", hit.span,
            "name it with `see`, or write it out as `unless` or `except_when`", hit.passage.id,
        )  # fmt: skip


def guidance_not_named(view: SectionView) -> Iterator[Fault]:
    """A criterion leans on guidance that it does not name.

    "Per disease-specific guidance" is answered by a text that the reader does not have, and nobody can tell which one
    was meant. `see` names a section of this library, or `{external: …}` the document of somebody else.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The interval follows the disease-specific guidance
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The interval follows the disease-specific guidance
      see:
        external: Example guidance of 2025 on gliomas
    ```
    """
    joined = view.wording.joined
    hits: list[Hit] = []
    if "uideline" in joined or "specific" in joined:
        hits += view.wording.search(_GUIDANCE)
    if any(word in joined for word in _POINTING):
        hits += view.wording.search(_ELSEWHERE)
    pointing: set[str] | None = None
    for hit in hits:
        if hit.passage.kind not in ("criterion", "intro"):
            continue
        if pointing is None:
            pointing = _pointing(view)
        if hit.passage.id not in pointing:
            yield Fault(
                f"“{hit.words}” is guidance that nothing here names", hit.span,
                "name it: `see` with a section of this library, or see: {external: …}", hit.passage.id,
            )  # fmt: skip


def _pointing(view: SectionView) -> set[str]:
    """Return the ids of what points somewhere: by itself, or by something it stands in or holds."""
    found: set[str] = set()

    def look(node: Node, inherited: bool) -> bool:
        here = inherited or bool(node.references) or (isinstance(node, Criterion) and node.see is not None)
        below = [look(guard, here) for guard in (node.applies_when, node.unless, node.except_when) if guard is not None]
        if isinstance(node, Group):
            below += [look(member, here) for member in node.of]
        if here or any(below):
            found.add(node.id)
        return here

    for ruling in view.section.rulings:
        if ruling.criteria is not None:
            look(ruling.criteria, bool(view.section.references))
    for rule in view.section.coding_rules:
        if rule.when is not None:
            look(rule.when, bool(view.section.references))
    return found


CHECKS: tuple[Check, ...] = (
    Check("W120", "vague-term", Severity.INFO, "section", vague_term),
    Check("W121", "open-list", Severity.WARNING, "section", open_list),
    Check("W122", "examples-in-criterion", Severity.INFO, "section", examples_in_criterion),
    Check("W123", "unnamed-exception", Severity.WARNING, "section", unnamed_exception),
    Check("W124", "guidance-not-named", Severity.WARNING, "section", guidance_not_named),
)
