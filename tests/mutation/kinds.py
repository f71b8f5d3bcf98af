"""The table of kinds: what is done to a policy, one fault at a time.

What a fault leaves is often a policy that somebody might have meant. One version of a source shows it only where
something else there contradicts it: a case beside the policy, a mark in the ledger, the question of a fact, a code in
the words. `unseen` says why a kind cannot be seen where nothing does; such faults are tried too, and counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple, cast

from tests.mutation import beside, structure, wordings
from tests.mutation.places import Mutant, Policy

Make = Callable[[Policy, Random], Iterator[Mutant]]


class Kind(NamedTuple):
    name: str
    make: Make
    unseen: str = ""


def _kind(name: str, make: object, unseen: str = "") -> Kind:
    return Kind(name, cast(Make, make), unseen)


_NO_CASE = "no case decides the criteria both ways, so any reading may be the one that was meant"
_NO_CODE_CASE = "no case that asks for a code or a section is decided by the ruling"
_NO_MARK = "the ledger has no such hedge of the very statement, and verdicts do not depend on it"
_NO_PARAMETER = "no parameter stands behind the amount, so the words alone hold it"
_NO_QUESTION = "no fact asks what the words say, and the ledger holds no mark that would be missed"

KINDS: tuple[Kind, ...] = (
    _kind("drop a criterion", structure.drop_criterion, _NO_CASE),
    _kind("drop a group", structure.drop_group, _NO_CASE),
    _kind("drop a ruling", structure.drop_ruling, _NO_CASE),
    _kind("ALL to ANY", structure.operator("all", "any"), _NO_CASE),
    _kind("ANY to ALL", structure.operator("any", "all"), _NO_CASE),
    _kind("AT LEAST to ALL", structure.at_least_to_all, _NO_CASE),
    _kind("change n of AT LEAST", structure.other_count, _NO_CASE),
    _kind("drop a NOT", structure.drop_not, _NO_CASE),
    _kind("put a condition below NOT", structure.negate, _NO_CASE),
    _kind("flip an effect", structure.flip_effect, _NO_CODE_CASE),
    _kind("move a criterion", structure.move, _NO_CASE),
    _kind("nest a criterion", structure.nest),
    _kind("nest two under the other operator", structure.nest_two, _NO_CASE),
    _kind("nest two under the same operator", structure.nest_two_alike),
    _kind("dissolve a group", structure.dissolve, _NO_CASE),
    _kind("merge two criteria", structure.merge, _NO_CASE),
    _kind("split a criterion", structure.split, _NO_CASE),
    _kind("drop a guard", structure.dropped_key("applies_when", structure.by_cases), _NO_CASE),
    _kind("turn a guard into a criterion", structure.guard_to_member, _NO_CASE),
    _kind("drop an unless", structure.dropped_key("unless", structure.by_cases), _NO_CASE),
    _kind("drop an except_when", structure.dropped_key("except_when", structure.by_cases), _NO_CASE),
    _kind("waiver to carve-out", structure.renamed_key("unless", "except_when"), _NO_CASE),
    _kind("carve-out to waiver", structure.renamed_key("except_when", "unless"), _NO_CASE),
    _kind("waiver to guard", structure.renamed_key("unless", "applies_when"), _NO_CASE),
    _kind("change a strength", structure.other_strength, _NO_MARK),
    _kind("drop a strength", structure.dropped_key("strength", structure.by_ledger), _NO_MARK),
    _kind("add a strength", structure.added_strength, _NO_MARK),
    _kind("general to specific", structure.other_scope, _NO_CODE_CASE),
    _kind("drop overrides", structure.dropped_key("overrides", structure.by_cases_of_codes), _NO_CODE_CASE),
    _kind("turn a comparison round", structure.other_comparison, _NO_CASE),
    _kind("take the limit in or out", structure.near_comparison, _NO_CASE),
    _kind("drop a comparison", structure.dropped_key("compare", structure.by_cases), _NO_CASE),
    _kind(
        "drop uses", structure.dropped_key("uses", structure.by_words), "its comparison ties the amount all the same"
    ),
    _kind("drop a see", structure.dropped_key("see", structure.by_cases), _NO_CASE),
    _kind("see another section", structure.other_see, _NO_CASE),
    _kind("see nothing", structure.broken_see),
    _kind(
        "drop a fact",
        structure.dropped_key("fact", structure.by_questions),
        "no other criterion has these words, and no case answers the fact",
    ),
    _kind("ask another fact", beside.other_fact),
    _kind("misspell a fact", beside.fact_of_condition_misspelled),
    _kind("duplicate a criterion", structure.duplicate),
    _kind("duplicate a text", structure.duplicate_without_id),
    _kind("swap two texts", structure.swap_texts, "no fact, code or amount in the data is about one of the texts"),
    _kind("break an id", beside.id_with_capital),
    _kind("use an id twice", beside.id_twice),
    _kind("use a retired id", beside.retired_id),
    _kind(
        "remove an id",
        beside.id_dropped,
        "a draft may leave ids out; they are given again, and a final guideline must have them written",
    ),
    _kind("digit of a code in the words", wordings.code_in_text),
    _kind("digit of a code in the data", wordings.code_in_data),
    _kind("digit of a code in the register", wordings.code_in_register),
    _kind(
        "drop a code from a list",
        wordings.code_dropped,
        "the words do not name the code, as those of a ruling need not",
    ),
    _kind("add a stray code to a list", wordings.code_added, "a ruling may be about any code, and its words name none"),
    _kind("write a code twice", wordings.code_twice),
    _kind("a code that has ended", beside.code_ended, "no list names the code"),
    _kind("take effect before the codes", beside.effective_before_code),
    _kind("digit of an amount in the words", wordings.quantity_in_text, _NO_PARAMETER),
    _kind("unit of an amount in the words", wordings.unit_in_text, _NO_PARAMETER),
    _kind("digit of a parameter", wordings.quantity_in_register),
    _kind("unit of a parameter", wordings.unit_in_register),
    _kind(
        "not into the words",
        wordings.replaced(
            r"\b(is|was|has|are|were|does|do|will|can) (?!not\b)",
            r"\1 not ",
            wordings.by_statement("not", "unless", "except"),
        ),
        _NO_QUESTION,
    ),
    _kind("not out of the words", wordings.replaced(r"\b(?:not|no) ", "", wordings.by_question), _NO_QUESTION),
    _kind("may to must", wordings.replaced(r"\bmay\b", "must", wordings.by_nothing), _NO_QUESTION),
    _kind("must to may", wordings.replaced(r"\b(?:must|should)\b", "may", wordings.by_statement("may")), _NO_QUESTION),
    _kind("and to or", wordings.replaced(r" and ", " or ", wordings.by_nothing), _NO_QUESTION),
    _kind("or to and", wordings.replaced(r" or ", " and ", wordings.by_nothing), _NO_QUESTION),
    _kind(
        "at least to at most",
        wordings.replaced(r"\b([Aa])t least (?=[\d]|one|two|three)", r"\1t most ", wordings.by_comparison),
        "nothing is compared, so the words alone hold the limit",
    ),
    _kind(
        "within to after",
        wordings.replaced(r"\b(?:within|less than|younger than) (?=\d)", "more than ", wordings.by_comparison),
        "nothing is compared, so the words alone hold the limit",
    ),
    _kind("cut a text", wordings.cut_text),
    _kind("cut a text anywhere", wordings.cut_anywhere, "what is left reads as a sentence"),
    _kind("misspell a term", wordings.misspelled, "a misspelled word of small letters may be another word"),
    _kind("another hyphen in a term", wordings.other_hyphen),
    _kind("an abbreviation nobody explains", wordings.unknown_abbreviation),
    _kind("HTML in a text", beside.html),
    _kind("a hidden character", beside.hidden_character),
    _kind("misspell a key", beside.key_misspelled),
    _kind("lose a colon", beside.colon_lost),
    _kind("swap dates", beside.swapped_reviews),
    _kind("a day that does not exist", beside.no_such_day),
    _kind("a version without revision", beside.other_version),
    _kind("final with open queries", beside.made_final),
    _kind("unlist a section", beside.section_unlisted),
    _kind("list a section twice", beside.section_listed_twice),
    _kind("lose the end of a section", beside.section_lost),
    _kind("drop a registered code", beside.entry_dropped("codes", beside.listed), "no list names the code"),
    _kind("drop a parameter", beside.entry_dropped("parameters", beside.used)),
    _kind(
        "drop a registered fact",
        beside.entry_dropped("facts", beside.compared),
        "criteria may ask facts that no register holds",
    ),
    _kind(
        "drop a term",
        beside.entry_dropped("terms", beside.abbreviation),
        "a word of small letters needs no explanation",
    ),
    _kind("register an entry twice", beside.entry_twice("codes")),
    _kind("drop a coding rule", beside.coding_rule_dropped, "others carry its statement, or it names none"),
    _kind("turn a coding rule round", beside.coding_rule_turned),
    _kind(
        "drop a query",
        beside.query_dropped,
        "the doubt was in nobody else's words; `policypress trace --against` tells lost statements",
    ),
    _kind(
        "drop a statement of the ledger",
        beside.entry_dropped("statements", beside.named_statement),
        "what stands above it is named in its place; `trace --against` compares with the document",
    ),
    _kind("a statement twice in the ledger", beside.entry_twice("statements")),
    _kind("leave out what is carried", beside.left_out_but_carried, "only what stands above it is named"),
    _kind("shorten a hash", beside.broken_hash),
    _kind("another hash", beside.other_hash, "only the document itself tells; `policypress trace --against` does that"),
    _kind("drop from", beside.from_dropped, "what stands above it names a wider statement"),
    _kind("from an unknown statement", beside.from_unknown),
    _kind("from another statement", beside.from_other, "others carry the statement, or the ledger holds nothing of it"),
    _kind("turn the verdict of a case", beside.verdict_turned),
    _kind("turn an answer of a case", beside.answer_turned, "the answer changes nothing in this case"),
    _kind("misspell a fact of a case", beside.fact_misspelled),
)
