"""`commonweal score`: the file of an evaluation, read strictly, and what the command says of it."""

import copy
import json
import re
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from commonweal.__main__ import main
from commonweal.engine.document import FileRefused
from commonweal.engine.model import InvalidRule
from commonweal.engine.scoring import read_evaluation, score
from commonweal.engine.scoring_model import Asked, Bid, Confidence, Criterion, Evaluation, InvalidEvaluation

DOCS = Path(__file__).resolve().parents[2] / "docs"
EXAMPLE = json.loads(
    re.findall(r"```json\n(.*?)```", (DOCS / "reference/command-line/score.md").read_text(), re.DOTALL)[0]
)
EVERY_METHOD = {
    "method": "sum",
    "points": "100",
    "decimals": 2,
    "tie_rule": "criterion",
    "tie_criterion": "plan",
    "vat": "excluded",
    "estimated_value": "500000",
    "ask": [{"measure": "local-spend", "value": "1"}, {"measure": "starts"}],
    "criteria": [
        {"id": "m1", "weight": "10", "method": "M1",
         "confidence": {"criterion": "plan", "shares": ["0", "0.2", "0.4", "0.6", "0.8", "1"]}},
        {"id": "m2", "weight": "10", "method": "M2"},
        {"id": "m3", "weight": "10", "method": "M3", "target": {"basis": "estimated_value", "figure": "20"}},
        {"id": "m4", "weight": 10, "method": "M4", "bands": {"basis": "amount", "steps": [
            {"from": "0", "points": "0"}, {"from": "50000", "points": "10"}]}},
        {"id": "m5", "weight": "10", "method": "M5", "after_minimum": "rubric",
         "target": {"basis": "own_price", "figure": "5"}, "measures": [{"measure": "starts", "minimum": "1"}]},
        {"id": "m6", "weight": "10", "method": "M6", "measures": [{"measure": "starts", "points": "2", "cap": "5"}]},
        {"id": "m7", "weight": "10", "method": "M7", "measures": [{"measure": "starts", "weight": "100"}]},
        {"id": "m8", "weight": "10", "method": "M8",
         "measures": [{"measure": "starts", "weight": "100", "target": "8"}]},
        {"id": "plan", "weight": "20", "method": "rubric"},
    ],
    "bids": [
        {"id": "A", "price": "400000", "marks": {"m5": 3, "plan": 5}, "lines": [
            {"measure": "local-spend", "quantity": "40000"}, {"measure": "starts", "quantity": "4"}]},
        {"id": "B", "price": "500000.50", "marks": {"m5": 5, "plan": None}, "lines": [
            {"measure": "local-spend", "quantity": "100000"}]},
    ],
}  # fmt: skip


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Writes an evaluation and scores it; gives exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def _run(written, *words):
        text = written if isinstance(written, bytes) else json.dumps(written).encode()
        (tmp_path / "tender.json").write_bytes(text)
        monkeypatch.setattr(sys, "argv", ["commonweal", "score", "tender.json", *words])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return _run


def changed(written, place, value):
    """The evaluation with one part changed, or taken away where the value is `...`."""
    written = copy.deepcopy(written)
    *path, last = place
    part = written
    for step in path:
        part = part[step]
    if value is ...:
        del part[last]
    elif isinstance(part, list) and last == len(part):
        part.append(value)
    else:
        part[last] = value
    return written


def test_score_prints_what_the_page_says(run):
    page = (DOCS / "reference/command-line/score.md").read_text()
    shown = re.findall(r"```console\n\$ commonweal score tender.json\n(.*?)```", page, re.DOTALL)[0]
    code, out, err = run(EXAMPLE)
    assert (code, err) == (1, "")
    assert out.strip("\n") == shown.strip("\n")


def test_score_answers_in_json_with_figures_as_text(run):
    code, out, _ = run(EXAMPLE, "--json")
    answer = json.loads(out)
    assert code == 1
    assert [(bid["id"], bid["points"], bid["total"], bid["rank"]) for bid in answer["bids"]] == [
        ("A", {"amount": "5.000", "plan": "2.000"}, "7.000", 1),
        ("B", {"amount": "3.000", "plan": "4.000"}, "7.000", 1),
        ("C", {"amount": "1.200", "plan": "5.000"}, "6.200", 3),
    ]
    points = [
        step for step in answer["steps"] if (step["bid"], step["criterion"], step["kind"]) == ("C", "amount", "points")
    ]
    assert [(step["result"], step["operands"][2]) for step in points] == [
        ("1.2", {"name": "best offer", "figure": "500000"})
    ]
    assert [finding["code"] for finding in answer["findings"]] == ["tie"]


def test_score_with_nothing_to_put_right_leaves_with_0(run):
    code, out, err = run(changed(EXAMPLE, ("tie_rule",), "lower-price"))
    assert (code, err) == (0, "")
    assert "tie rule puts them in order by the lower price" in out


def test_score_tells_figures_that_do_not_end_as_ratios(run):
    _, out, _ = run(changed(EXAMPLE, ("criteria", 0, "method"), "M2"), "--json")
    exact = {bid["id"]: bid["exact_points"]["amount"] for bid in json.loads(out)["bids"]}
    assert exact == {"A": "5", "B": "10/3", "C": "1.5"}


def test_every_method_is_read_from_a_file(run):
    _, out, err = run(EVERY_METHOD, "--json")
    answer = json.loads(out)
    assert err == ""
    assert {bid["id"]: bid["exact_points"] for bid in answer["bids"]} == {
        "A": {"m1": "10", "m2": "5.000005", "m3": "4", "m4": "0", "m5": "6", "m6": "8", "m7": "10", "m8": "5", "plan": "20"},
        "B": {"m1": "0", "m2": "10", "m3": "10", "m4": "10", "m5": "0", "m6": "0", "m7": "0", "m8": "0", "plan": "0"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("place", "value", "where", "said"),
    [
        (("criteria", 0, "weight"), "11", "criteria", "add up to 101, not 100"),
        (("criteria", 0, "weight"), "0", "criteria[0].weight", "the weight is 0, not above 0"),
        (("criteria", 0, "method"), "M9", "criteria[0].method", "'M9' is not a known method"),
        (("criteria", 0, "method"), "M2", "criteria[0].confidence", "method M2 uses no confidence"),
        (("criteria", 0, "confidence", "criterion"), "m2", "criteria[0].confidence.criterion", "'m2' has marks"),
        (("criteria", 0, "confidence", "shares", 5), "1.1", "criteria[0].confidence.shares[5]", "not from 0 to 1"),
        (("criteria", 0, "confidence", "shares", 4), "0.5", "criteria[0].confidence.shares[4]", "below that of the mark"),
        (("criteria", 0, "confidence", "shares", 5), ..., "criteria[0].confidence.shares", "there are 5 shares"),
        (("criteria", 2, "target"), ..., "criteria[2].target", "target is missing: method M3 needs it"),
        (("criteria", 2, "target", "figure"), "0", "criteria[2].target.figure", "the target is 0, not above 0"),
        (("criteria", 2, "target", "basis"), "guess", "criteria[2].target.basis", "'guess' is not a known basis"),
        (("estimated_value",), ..., "estimated_value", "estimated_value is missing: m3 uses it"),
        (("estimated_value",), "0", "estimated_value", "the estimated value is 0"),
        (("criteria", 3, "bands", "steps", 0, "from"), "1", "criteria[3].bands.steps[0]", "does not begin at 0"),
        (("criteria", 3, "bands", "steps", 1, "from"), "0", "criteria[3].bands.steps[1]", "begins no higher"),
        (("criteria", 3, "bands", "steps", 0, "points"), "11", "criteria[3].bands.steps[0].points", "gives 11 points"),
        (("criteria", 3, "bands", "steps", 2), {"from": "60000", "points": "9"}, "criteria[3].bands.steps[2]",
         "fewer points than the one before"),
        (("criteria", 4, "after_minimum"), ..., "criteria[4].after_minimum", "after_minimum is missing"),
        (("criteria", 5, "measures", 0, "cap"), ..., "criteria[5].measures[0].cap", "cap is missing: method M6 needs it"),
        (("criteria", 5, "measures", 0, "cap"), "0", "criteria[5].measures[0].cap", "cap is 0, not above 0"),
        (("criteria", 6, "measures"), ..., "criteria[6].measures", "measures is missing: method M7 needs it"),
        (("criteria", 6, "measures", 0, "weight"), "99", "criteria[6].measures", "the weights of the measures of m7"),
        (("criteria", 6, "measures", 0, "target"), "1", "criteria[6].measures[0].target", "method M7 uses no target"),
        (("criteria", 6, "measures", 1), {"measure": "starts", "weight": "1"}, "criteria[6].measures", "given twice"),
        (("criteria", 7, "measures", 0, "target"), ..., "criteria[7].measures[0].target", "target is missing"),
        (("criteria", 7, "measures", 0, "measure"), "stars", "criteria[7].measures[0].measure", "'stars' is not in the ask"),
        (("criteria", 1, "id"), "m1", "criteria[1].id", "id 'm1' is given twice"),
        (("criteria", 1, "wieght"), "10", "criteria[1].wieght", "wieght is not known here"),
        (("criteria",), [], "criteria", "there are none, and at least 1 is needed. Give from 1 to 50 criteria"),
        (("title",), "x" * 301, "title", "the text has 301 characters, and may have 300"),
        (("criteria", 3, "bands", "steps"), [{"from": "0", "points": "0"}], "criteria[3].bands.steps",
         "there is 1, and at least 2 are needed"),
        (("ask", 0, "value"), ..., "criteria[0].method", "no measure of the ask has a value"),
        (("ask", 0, "value"), "0", "ask[0].value", "the value of local-spend is 0"),
        (("ask", 1, "measure"), "local-spend", "ask[1].measure", "measure 'local-spend' is given twice"),
        (("bids", 0, "lines", 0, "quantity"), "-1", "bids[0].lines[0].quantity", "the quantity -1 of A is below 0"),
        (("bids", 0, "lines", 0, "quantity"), "1,000", "bids[0].lines[0].quantity", "not written as it should be"),
        (("bids", 0, "lines", 0, "quantity"), 1.5, "bids[0].lines[0].quantity", "1.5 is a bare number"),
        (("bids", 0, "lines", 0, "quantity"), "0.1234567", "bids[0].lines[0].quantity", "not written as it should be"),
        (("bids", 0, "lines"), ..., "bids[0]", "lines is missing"),
        (("bids", 1, "price"), "0", "bids[1].price", "the price of B is 0, not above 0"),
        (("bids", 1, "price"), "-5", "bids[1].price", "the price of B is -5, not above 0"),
        (("bids", 1, "price"), ..., "bids[1].price", "the price of B is missing: m2 uses it"),
        (("bids", 1, "id"), "A", "bids[1].id", "id 'A' is given twice"),
        (("bids", 1, "marks", "plan"), 6, "bids[1].marks.plan", "6 is not written as it should be"),
        (("bids", 1, "marks", "plan"), -1, "bids[1].marks.plan", "-1 is not written as it should be"),
        (("bids", 1, "marks", "plan"), 2.5, "bids[1].marks.plan", "2.5 is not a whole number or empty"),
        (("bids", 1, "marks", "plan"), True, "bids[1].marks.plan", "True is not a whole number or empty"),
        (("bids", 1, "marks", "plan"), ..., "bids[1].marks.plan", "the mark of B for plan is missing"),
        (("bids", 1, "marks", "m2"), 3, "bids[1].marks.m2", "no criterion 'm2' has marks"),
        (("tie_criterion",), ..., "tie_criterion", "tie_criterion is missing"),
        (("tie_criterion",), "cost", "tie_criterion", "there is no criterion 'cost'"),
        (("tie_rule",), "shared", "tie_criterion", "tie rule shared uses no criterion"),
        (("tie_rule",), "toss", "tie_rule", "'toss' is not a known tie_rule"),
        (("tie_rule",), ..., "the whole file", "tie_rule is missing"),
        (("decimals",), 7, "decimals", "7 is not written as it should be"),
        (("points",), "0", "points", "points is 0, not above 0"),
        (("points",), 10**30, "points", "is not written as it should be"),
        (("method",), "M1", "method", "'M1' is not a known method"),
    ],
)  # fmt: skip
def test_wrong_file_is_refused_with_its_place(run, place, value, where, said):
    code, out, err = run(changed(EVERY_METHOD, place, value), "--json")
    assert (code, out) == (2, "")
    faults = [line for line in err.splitlines() if line.startswith(f"tender.json: {where}: ")]
    assert any(said in fault for fault in faults), err


def test_lower_price_rule_needs_every_price(run):
    code, _, err = run(changed(changed(EXAMPLE, ("tie_rule",), "lower-price"), ("bids", 2, "price"), ...))
    assert code == 2
    assert "bids[2].price: the price of C is missing: the tie rule uses it" in err


def test_minimum_needs_a_minimum(run):
    written = changed(changed(EVERY_METHOD, ("criteria", 4, "target"), ...), ("criteria", 4, "measures"), ...)
    code, _, err = run(written)
    assert (code, err.count("\n")) == (2, 1)
    assert "tender.json: criteria[4]: the minimum is missing" in err


def test_every_fault_has_a_line_of_its_own(run):
    wrong = changed(changed(EXAMPLE, ("bids", 0, "price"), "0"), ("bids", 1, "lines", 0, "quantity"), "-3")
    assert [line.split(": ")[1] for line in run(wrong)[2].splitlines()] == [
        "bids[0].price",
        "bids[1].lines[0].quantity",
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "cannot be read as JSON"),
        (b"{", "cannot be read as JSON"),
        (b"\xff\xfe\0", "byte 1 is not UTF-8"),
        (b"[" * 100_000, "parts lie too deep in one another"),
        (b'{"bids":' + b"[" * 900 + b"]" * 900 + b"}", "tender.json: "),
        (b"[]", "[] is not a mapping"),
        (b'{"points": "1", "points": "2"}', "'points' is given 2 times in one place"),
        (b'{"points": NaN}', "NaN is not a number"),
        (b'{"points": ' + b"9" * 5000 + b"}", "cannot be read as JSON"),
        (b" " * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b'{"\\u001b[2J": 1}', "is not known here"),
    ],
    ids=[
        "empty",
        "half",
        "not utf-8",
        "deep",
        "rather deep",
        "a list",
        "twice",
        "nan",
        "long number",
        "large",
        "steering",
    ],
)
def test_file_that_is_no_evaluation_is_refused(run, content, said):
    code, out, err = run(content)
    assert (code, out) == (2, "")
    assert said in err
    assert err.startswith("tender.json: ")
    assert "Traceback" not in err
    assert "\x1b" not in err


def test_file_that_is_not_there_is_refused(run, tmp_path):
    with pytest.raises(FileRefused, match="cannot be read"):
        read_evaluation(tmp_path / "none.json")


def test_evaluation_made_in_python_is_held_to_the_same(tmp_path):
    plan = Criterion(id="plan", weight=Decimal(100), method="rubric")
    parts = {"method": "sum", "points": Decimal(5), "decimals": 1, "tie_rule": "shared", "criteria": (plan,)}
    assert score(Evaluation(**parts, bids=(Bid(id="a", marks={"plan": 4}),))).bids[0].total == 4
    for marks in ({"plan": 6}, {"plan": True}, {"plan": Decimal("2.5")}, {}):
        with pytest.raises(InvalidEvaluation) as refused:
            Evaluation(**parts, bids=(Bid(id="a", marks=marks),))
        assert [fault.place for fault in refused.value.faults] == [("bids", 0, "marks", "plan")]
    for wrong in ({"bids": ()}, {"decimals": 9}, {"criteria": ()}):
        with pytest.raises(InvalidEvaluation):
            Evaluation(**({**parts, "bids": (Bid(id="a", marks={"plan": 4}),)} | wrong))


@pytest.mark.parametrize(
    "make",
    [
        lambda: Asked("spend", 0.1),
        lambda: Asked("spend", Decimal("NaN")),
        lambda: Bid(id="a", price=Decimal("Infinity")),
        lambda: Confidence("plan", (0.2,) * 6),
    ],
    ids=["binary", "not a number", "infinite", "binary within"],
)
def test_number_that_is_not_exact_cannot_be_held(make):
    with pytest.raises(InvalidRule, match="cannot be"):
        make()


def test_withdrawn_bid_must_be_there():
    of = Evaluation(
        method="sum", points=Decimal(5), decimals=1, tie_rule="shared",
        criteria=(Criterion(id="plan", weight=Decimal(100), method="rubric"),),
        bids=(Bid(id="a", marks={"plan": 4}), Bid(id="b", marks={"plan": 1})),
    )  # fmt: skip
    assert [each.id for each in of.without("a").bids] == ["b"]
    with pytest.raises(KeyError):
        of.without("c")
