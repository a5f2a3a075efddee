"""Judge: bytes -> xml -> scenario -> xsd -> official rules -> findings -> verdict.

Each layer is judged only if the one before it passed: no rule runs on a document that its schema refuses (as KoSIT).
What did not run says so, and then nothing is called valid.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Literal

from einvoice import document as opening
from einvoice import official, profiles
from einvoice.check import finding as says
from einvoice.check import rules as official_rules
from einvoice.check import xsd
from einvoice.check.compiled import Judging
from einvoice.check.digits import wrong_numbers
from einvoice.check.finding import Finding, LayerResult, Report, Verdict
from einvoice.errors import InputError, UsageError, WorkerError
from einvoice.languages import LANGUAGES
from einvoice.limits import MAX_SIZE
from einvoice.version import __version__

if TYPE_CHECKING:
    from einvoice.check.finding import Layer
    from einvoice.check.placing import Placer
    from einvoice.document import Document, Source
    from einvoice.languages import Language
    from einvoice.profiles import Scenario

LAYER_OF = {"cen": "en16931", "xr": "xrechnung", "fx": "facturx", "advisory": "advisory"}
_WORSE = ("skipped", "passed", "failed", "error")
SECONDS, SECONDS_PER_MB = 60.0, 20.0
"""how long the rules may take for one document: the official ones need minutes for 50,000 lines of CII"""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """How to judge: the options of `validate`."""

    rules: str | None = None
    reference: bool = False
    timeout: float | None = None
    language: Language = "en"
    max_size: int = MAX_SIZE


def validate(
    source: Source, *, rules: str | None = None, reference: bool = False, timeout: float | None = None, language: Language = "en",
    name: str | None = None, max_size: int = MAX_SIZE,
) -> Report:  # fmt: skip
    """Judge one document by the official schema and rules of its scenario.

    `rules` names a scenario or profile to judge by instead of the one that BT-24 asks for (`einvoice rules list`);
    `reference` runs the official stylesheets as they are published instead of what was compiled from them; the findings are
    the same. `timeout` is in seconds, by default it grows with the size. `language` (en, de, fr) is that of causes; the rules' own
    texts are official and stay as they are. A document has at most `max_size` bytes. Content that is no document at all is reported, in the
    layer "xml". Raises InputError for a file that cannot be read, UsageError for a name that `rules` does not have.

    >>> validate("fixtures/b2b-ubl.xml").verdict
    <Verdict.VALID: 'valid'>
    """
    how = known(How(rules=rules, reference=reference, timeout=timeout, language=language))
    data, found = opening.load(source, max_size=max_size)
    return _validate(data, name or found, how)


def attempt(source: Source, how: How, name: str | None = None) -> Report:
    """What `validate` does, with a file that cannot be read reported instead of raised: one of many stops no other."""
    known(how)
    try:
        data, found = opening.load(source, max_size=how.max_size)
    except InputError as error:
        return unreadable(b"", name or opening.name_of(source), error)
    return _validate(data, name or found, how)


def known(how: How) -> How:
    """The same options, if there are such rules and such a language."""
    if how.language not in LANGUAGES:
        raise UsageError(f"{how.language}: there is no such language; there are {', '.join(LANGUAGES)}")
    if how.rules is None or how.rules in profiles.names():
        return how
    from einvoice import custom  # which can unpack and compile: no other validation needs it

    own = sorted({c.name for c in custom.listed()})
    if how.rules not in own:
        raise UsageError(f"{how.rules}: there are no such rules; there are {', '.join([*profiles.profile_names(), *own])}")
    return how


def _validate(data: bytes, name: str, how: How) -> Report:
    # users' own rules may need more than what Saxon gets before it is known what is asked (`compiled.cut_for`)
    promising = profiles.looks_known(data) if how.rules is None else how.rules in profiles.names()
    judging = Judging(data if promising and not how.reference else b"")
    try:
        return _judge(opening.open(data, name=name), judging, how)
    except InputError as error:
        return unreadable(data, name, error)
    finally:
        judging.close()


def judge(document: Document, *, rules: str | None = None, reference: bool = False, timeout: float | None = None) -> Report:
    """Judge an opened document; the options are those of `validate`."""
    return _judge(document, Judging(), How(rules=rules, reference=reference, timeout=timeout))


def _judge(document: Document, judging: Judging, how: How) -> Report:
    scenario = scenario_of(document, how.rules)
    run = _Run(document, scenario, None if how.reference else judging, how.language)
    run.judge(_no_scenario(document, how.rules), how.timeout)
    return run.report()


def scenario_of(document: Document, rules: str | None) -> Scenario | None:
    """What judges a document: the scenario it asks for, or that of the rules with a name, official or a user's own."""
    if rules is None or document.kind is None:
        return document.scenario
    official_one = profiles.named(rules, document.kind)
    if official_one is not None:
        return official_one
    from einvoice import custom

    return custom.scenario(rules, document)


def _no_scenario(document: Document, rules: str | None) -> str:
    if document.kind is None:
        return document.no_invoice
    if rules is not None:
        return f"there are no rules {rules} for a {document.kind.root}"
    stated = ", ".join(repr(text) for text in document.specifications)
    if not stated:
        return "the document has no specification identifier (BT-24); state it, or judge with --rules en16931"
    return f"no rules are known for the specification (BT-24) {stated}; judge with --rules en16931"


@dataclass(slots=True)
class _Run:
    """One judging: what the layers said so far."""

    document: Document
    scenario: Scenario | None
    judging: Judging | None
    """None: by the official stylesheets as they are published"""
    language: Language = "en"
    layers: dict[Layer, LayerResult] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    _placer: Placer | None = None
    _source: says.Source | None = None

    def judge(self, no_scenario: str, timeout: float | None) -> None:
        self.layers["xml"] = LayerResult("xml", "passed")
        self.findings += [_notice(rule, text) for rule, text in self.document.notices]
        if self.scenario is None:
            self.skip("xsd", *says.RULE_LAYERS, reason=no_scenario)
            self.container()
        else:
            self.schema_and_rules(self.scenario, timeout)
        self.skip(*says.RULE_LAYERS, reason="not part of this scenario")
        self.skip("hybrid", "pdfa", reason="not a PDF")
        self.skip("advisory", reason="the rules were not run" if self.judging else "not part of a reference run")
        if self.findings and self.document.kind is not None:
            self.explain()

    def schema_and_rules(self, scenario: Scenario, timeout: float | None) -> None:
        seconds = timeout if timeout is not None else SECONDS + SECONDS_PER_MB * len(self.document.xml) / 1e6
        document = self.document
        if self.judging is not None:
            self.judging.start(scenario.rules, document.utf8, document.root, timeout=seconds, valid=False)
        if self.schema(scenario):
            if self.judging is not None:
                self.judging.start(scenario.rules, document.utf8, document.root, timeout=seconds, valid=True)
                self.findings += [self.placer(scenario).advice(number) for number in wrong_numbers(document.root)]
            self.container()
            self.source()  # while the rules run in their process
            self.rules(scenario, seconds)
        else:
            self.container()
            self.skip(*(layer_of(name) for name in scenario.rules), reason="the document is not valid against its schema")

    def container(self) -> None:
        """What the invoice came in."""
        if self.document.container == "pdf":
            from einvoice.check.container import judge as judge_container  # an XML invoice needs no pikepdf

            layers, findings = judge_container(self.document)
            self.layers |= {layer.name: layer for layer in layers}
            self.findings += findings

    def schema(self, scenario: Scenario) -> bool:
        errors = xsd.validate(self.document.root, scenario.schema)
        self.layers["xsd"] = LayerResult("xsd", "failed" if errors else "passed", _used(scenario.schema.split("/")[0]))
        if errors:
            placer = self.placer(scenario)
            self.findings += [placer.schema(error) for error in errors]
        return not errors

    def rules(self, scenario: Scenario, seconds: float) -> None:
        try:
            outcomes = self.outcomes(scenario.rules, seconds)
        except WorkerError as error:
            for name in scenario.rules:
                self.layers[layer_of(name)] = LayerResult(layer_of(name), "error", _used(name), str(error))
            return
        for outcome in outcomes:
            self.outcome(outcome, scenario)

    def outcomes(self, rules: tuple[str, ...], seconds: float) -> tuple[official_rules.Outcome, ...]:
        if self.judging is None:
            return official_rules.run_published(rules, self.document.utf8, timeout=seconds)
        return self.judging.run(rules, self.document.utf8, self.document.root, timeout=seconds)

    def outcome(self, outcome: official_rules.Outcome, scenario: Scenario) -> None:
        layer = layer_of(outcome.rules)
        findings: list[Finding] = []
        if outcome.fired or outcome.dead:
            from einvoice.check.expectations import complete  # most invoices have no finding

            placer = self.placer(scenario)
            findings += [placer.fired(fired, layer, scenario.levels, outcome.rules if layer != "custom" else "") for fired in outcome.fired]
            findings += [placer.dead(dead, layer) for dead in outcome.dead]
            if layer != "custom":
                findings = complete(findings, self.document, outcome.rules)
        used = None if layer == "advisory" else _used(outcome.rules)
        failed = any(f.severity == "error" for f in findings)
        reason = None if outcome.evaluated else "no rule matched anything in the document"
        if outcome.abort is not None:
            reason = outcome.abort if outcome.dead else f"the official stylesheet died on this document: {outcome.abort}"
        result = LayerResult(layer, "error" if reason else "failed" if failed else "passed", used, reason)
        # users' rules may be several sets in one layer: the worst counts
        self.layers[layer] = max(self.layers.get(layer, result), result, key=lambda r: _WORSE.index(r.status))
        self.findings += findings

    def explain(self) -> None:
        """What is behind the findings of the rules, and what they want, in the language asked for."""
        from einvoice.check.explaining import explained  # most invoices have no finding

        assert self.document.kind is not None
        self.findings = explained(self.findings, self.document.root, self.document.kind.syntax.value, self.language)

    def placer(self, scenario: Scenario) -> Placer:
        """One for the whole document: it keeps what it has counted."""
        if self._placer is None:
            from einvoice.check.placing import Placer  # most invoices have no finding, and need no table

            self._placer = Placer(self.document.root, scenario.dialect, self.language)
        return self._placer

    def skip(self, *names: Layer, reason: str) -> None:
        for name in names:
            self.layers.setdefault(name, LayerResult(name, "skipped", reason=reason))

    # -- the report -------------------------------------------------------------------------------

    def source(self) -> says.Source:
        """The bytes and their digest, which in a small document takes as long as reading all that the rules say."""
        if self._source is None:
            document = self.document
            self._source = says.Source(document.name, document.sha256, len(document.data), document.container)
        return self._source

    def report(self) -> Report:
        document, scenario = self.document, self.scenario
        return Report(
            schema=says.SCHEMA,
            source=self.source(),
            document=_about(document),
            scenario=says.ScenarioUsed(scenario.id, scenario.name) if scenario else None,
            verdict=self.verdict(),
            recommendation=self.recommendation(),
            layers=tuple(self.layers[name] for name in says.LAYERS if name in self.layers),
            findings=tuple(sorted(self.findings, key=_order)),
            engine=_ENGINES[self.judging is None],
        )

    def verdict(self) -> Verdict:
        if any(f.severity == "error" for f in self.findings):
            return Verdict.INVALID
        unchecked = self.scenario is None or any(layer.status == "error" and layer.name != "advisory" for layer in self.layers.values())
        return Verdict.UNCHECKED if unchecked else Verdict.VALID

    def recommendation(self) -> Literal["accept", "reject"] | None:
        """KoSIT's: a document of none of its scenarios is rejected; it has no opinion on a PDF that none fits."""
        detected = self.document.scenario
        if detected is None or detected.kosit is None:
            return None if self.document.container == "pdf" else "reject"
        if self.scenario is not detected:
            return None
        return "accept" if self.verdict() is Verdict.VALID else "reject"


_ENGINES = {reference: says.Engine("einvoice", __version__, "official" if reference else "compiled") for reference in (False, True)}


def layer_of(rules: str) -> Layer:
    """The layer that a rule set belongs to."""
    return LAYER_OF.get(rules.partition("-")[0], "custom")  # type: ignore[return-value]


def _order(finding: Finding) -> tuple[object, ...]:
    return says.LAYERS.index(finding.layer), finding.line or 0, finding.location, finding.rule, finding.message


@cache
def _used(artefact: str) -> says.ArtefactUsed:
    facts = official.artefact(artefact)
    return says.ArtefactUsed(facts.id, facts.version, facts.sha256)


def _about(document: Document) -> says.About | None:
    if document.kind is None:
        return None
    return says.About(
        syntax=document.kind.syntax.value,
        type=document.kind.root,
        specification=next(iter(document.specifications), None),
        profile=document.scenario.profile if document.scenario else None,
        number=document.number,
        issue_date=document.issue_date,
    )


def _notice(rule: str, text: str) -> Finding:
    return Finding(rule, "information", "information", "xml", text, official=False)


def unreadable(data: bytes, name: str, error: InputError) -> Report:
    """The report on bytes that are no document."""
    failed = Finding("XML-READ", "error", "fatal", "xml", str(error), official=False)
    return _without_document(data, name, LayerResult("xml", "failed", reason=str(error)), (failed,), "reject")


def stopped(name: str, reason: str) -> Report:
    """The report on a document that could not be judged to the end."""
    return _without_document(b"", name, LayerResult("xml", "error", reason=reason), (), None)


def _without_document(
    data: bytes, name: str, xml: LayerResult, findings: tuple[Finding, ...], recommendation: Literal["reject"] | None
) -> Report:
    rest = (LayerResult(layer, "skipped", reason="there is no document to judge") for layer in says.LAYERS[1:] if layer != "custom")
    container = "pdf" if opening.is_pdf(data) else "xml"
    return Report(
        schema=says.SCHEMA,
        source=says.Source(name, sha256(data).hexdigest(), len(data), container),
        document=None,
        scenario=None,
        verdict=Verdict.UNCHECKED,
        recommendation=recommendation,
        layers=(xml, *rest),
        findings=findings,
        engine=_ENGINES[False],
    )
