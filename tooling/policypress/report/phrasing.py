"""The words of verdicts, criteria and questions, as reviewers read them."""

from __future__ import annotations

from collections.abc import Mapping

from policypress.criteria import Criterion, Node
from policypress.evaluation.judgement import Evaluation, Judgement
from policypress.model import Ruling, Section
from policypress.outline import lead, outline_node
from policypress.verdict import Determination, Outcome, Verdict

WORDS: dict[Outcome, str] = {
    Verdict.MET: "Met",
    Verdict.NOT_MET: "Not met",
    Verdict.UNKNOWN: "Open: facts are missing",
    Verdict.NOT_APPLICABLE: "Does not apply",
    Determination.CRITERIA_MET: "Criteria met",
    Determination.CRITERIA_NOT_MET: "Criteria not met: a clinician decides",
    Determination.NO_CRITERIA: "No criteria of this guideline apply",
    Determination.MISSING_INFORMATION: "Open: information is missing",
}


def words(node: Node) -> str:
    """Return a node in words: a criterion's text, or a group's heading with what it groups."""
    if isinstance(node, Criterion):
        return " ".join(node.text.value.split())
    item = outline_node(node, "")
    members = "; ".join(f"({words(one.node)})" if one.members else words(one.node) for one in item.members)
    return f"{item.heading}: {members}"


def question(judgement: Judgement, fact: str) -> str:
    """Return the question of a fact: that of the register, else the words of what it decides."""
    home, _, name = fact.rpartition("/")
    guideline = judgement.case.guidelines[home or judgement.guideline.id]
    known = guideline.registers.facts.get(name)
    if known is not None:
        return known.question.value
    owner, _ = judgement.case.owner(name, guideline.id)
    if isinstance(owner, Section):
        return f"The criteria of the section “{owner.title.value}”: met or not met?"
    if isinstance(owner, Ruling):
        return f"The criteria of {owner.id}: met or not met?"
    if owner is None:
        owner = next(node for node, _ in judgement.questions.places[fact] if isinstance(node, Criterion))
    return f"{words(owner).rstrip('.')}: met or not met?"


def texts(evaluation: Evaluation) -> Mapping[str, str]:
    """Return the words of every id that decides, in the whole or in a ruling."""
    judgement = evaluation.judgement
    found: dict[str, str] = {}
    for id in (*judgement.deciding, *(id for result in judgement.rulings for id in result.deciding)):
        owner, _ = judgement.case.owner(id)
        if isinstance(owner, Section):
            found[id] = owner.title.value
        elif isinstance(owner, Ruling):
            found[id] = lead(owner) if owner.criteria is None else f"{lead(owner)}: {words(owner.criteria)}"
        elif owner is not None:
            found[id] = words(owner)
    return found


def asked_by(judgement: Judgement, fact: str) -> list[str]:
    """Return the ids of the criteria that a question decides."""
    return [owner.id for owner, _ in judgement.questions.places[fact]]
