"""`einvoice explain` and `einvoice rules`: commands about terms and rules."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from einvoice.cli import terminal
from einvoice.cli.terminal import output_option
from einvoice.errors import EngineError, InputError, UsageError
from einvoice.languages import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from einvoice.check.comparison import Change
    from einvoice.languages import Language


def _lines(lines: Iterable[str]) -> None:
    terminal.write("".join(f"{line}\n" for line in lines), None)


@click.command()
@click.argument("name", metavar="RULE_OR_TERM_OR_FILE")
@click.argument("file", required=False)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of names and causes.")
def explain(name: str, file: str | None, language: Language) -> None:
    """What a rule or term is, where it stands, and what FILE has there; of a FILE alone, every finding in full.

    \b
    einvoice explain BT-31
    einvoice explain BR-DE-15 invoice.xml
    einvoice explain invoice.xml --language de
    """  # noqa: D301
    from einvoice import document
    from einvoice import explain as explaining

    if file is None and Path(name).is_file():
        from einvoice.check.pipeline import validate

        report = validate(name, language=language)
        if not report.readable:
            raise InputError(report.findings[0].message)
        _lines(explaining.in_full(report, language))
        return
    _lines(explaining.explain(name, language))
    if file is None:
        return
    opened = document.open(terminal.read(file), name=file)
    if explaining.is_term(name):
        _lines(explaining.in_document(name, opened))
        return
    from einvoice.check.pipeline import judge

    _lines(explaining.in_report(name, judge(opened)))


@click.command()
@click.argument("name", required=False, metavar="[LIST]")
@click.argument("text", required=False)
@click.option("--language", type=click.Choice(LANGUAGES), default="de", show_default=True, help="Of the labels; TEXT may be in any.")
def codes(name: str | None, text: str | None, language: Language) -> None:
    """The codes of a list, or those that TEXT names; without a list, all lists, how many codes each has, and of which version.

    Which codes there are, the official rules say. Labels are ours, for the codes that invoices use.

    \b
    einvoice codes
    einvoice codes unit Stück
    einvoice codes BT-121 --language en
    """  # noqa: D301
    from einvoice import code_lists, official

    if name is None:
        _lines(f"{one.name:20} {len(code_lists.codes(one.name)):5,}  {one.title:50} {' '.join(one.terms)}" for one in code_lists.LISTS)
        rules = official.artefact(code_lists.RULES)
        _lines(["", f"as in {rules.name} {rules.version}, in force since {rules.valid_from}"])
        return
    found = code_lists.codes(name) if text is None else code_lists.search(name, text)
    if not found:
        one = code_lists.named(name)
        raise UsageError(f"{text}: no code of {one.name} is so named ({one.title}); 'einvoice codes {one.name}' lists all")
    _lines(f"{code.code:20} {code.label(language)}".rstrip() for code in found)


@click.group()
def rules() -> None:
    """The official rules and schemas in this installation.

    \b
    einvoice rules list
    einvoice rules show xrechnung-3.0-ubl-invoice
    einvoice rules verify
    """  # noqa: D301


@rules.command("list")
def list_() -> None:
    """All scenarios, then all official artefacts with version, date, licence and hash."""
    from einvoice import custom, official, profiles

    _lines(f"{s.id:36} {s.name:44} {' '.join(s.rules)}" for s in profiles.SCENARIOS)
    _lines(f"{c.name:36} {c.title:44} {' '.join(c.rules)}" for c in custom.listed())
    _lines([""])
    _lines(
        f"{a.id:16} {a.version:10} {a.valid_from or '-':10} {a.licence:12} {a.sha256[:16]} {a.name}"
        for a in (*official.manifest(), *official.own_manifest())
        if a.kind != "font"
    )


@rules.command()
@click.argument("name")
def show(name: str) -> None:
    """A scenario (specification, schema, severities) or a rule set (every rule with its severity)."""
    from einvoice import official, profiles

    scenarios = [s for s in profiles.SCENARIOS if name in {s.id, s.profile}]
    if scenarios:
        for s in scenarios:
            levels = [f"  severity      {rule} {level}" for rule, level in s.levels.items()]
            specifications = [f"  BT-24         {text}" for text in s.specifications]
            _lines([f"{s.id} {s.name}", *specifications, f"  schema        {s.schema}", f"  rules         {' '.join(s.rules)}", *levels])
        return
    if name not in {a.id for a in official.manifest() if a.kind == "rules"}:
        raise UsageError(f"{name}: there is no such scenario or rule set; 'einvoice rules list' lists them")
    _lines(f"{rule.id:24} {rule.flag:12} {rule.message}" for rule in official.assertions(name))


@rules.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--name", help="What to call the rules; by default as the file.")
@click.option("--phase", help="The phase of a Schematron to use instead of its default.")
def add(path: Path, name: str | None, phase: str | None) -> None:
    """Compile rules of your own: a Schematron, one compiled to XSLT, or a KoSIT configuration (folder or zip).

    \b
    einvoice rules add house-rules.sch
    einvoice validate invoice.xml --rules house-rules
    """  # noqa: D301
    from einvoice import custom

    for added in custom.add(path, name=name, phase=phase):
        _lines([f"{added.name}: {added.title}, rule sets {' '.join(added.rules)}"])
    terminal.say(f"Now judge by them: einvoice validate INVOICE --rules {added.name}")


@rules.command()
@click.argument("old")
@click.argument("new")
@click.argument("documents", nargs=-1, required=True, metavar="DOCUMENT_OR_FOLDER...")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How the changes are written."
)
@output_option
def diff(old: str, new: str, documents: tuple[str, ...], form: str, output: Path | None) -> int:
    """What would change for these invoices under other rules: verdicts, findings that go, come, or get another name.

    OLD and NEW are names that validate --rules takes: scenarios, profiles, or rules of your own. A version of the official rules that is
    not in this installation is added first. The exit code is 1 if anything changes.

    \b
    einvoice rules add Factur-X_1.10_EN16931.xslt --name en16931-1.10
    einvoice rules diff facturx-en16931 en16931-1.10 inbox/
    """  # noqa: D301
    from einvoice.check.comparison import as_object, changes

    found = list(changes(terminal.sources(documents), old, new))
    changed = [change for change in found if change.changed]
    if form == "json":
        terminal.write(terminal.json_text([as_object(change) for change in changed]), output)
    else:
        terminal.write("".join(f"{line}\n" for change in changed for line in _changes(change)), output)
    verdicts = sum(change.before != change.after for change in found)
    terminal.say(f"{len(found)} documents: {len(changed)} with changes, {verdicts} with another verdict")
    return int(bool(changed))


def _changes(change: Change) -> Iterator[str]:
    verdict = change.before if change.before == change.after else f"{change.before} -> {change.after}"
    yield f"{change.name}: {verdict}"
    for sign, findings in (("-", change.gone), ("+", change.new)):
        yield from (f"  {sign} {finding.severity} {finding.rule} line {finding.line}: {finding.message}" for finding in findings)
    for before, after in change.renamed:
        yield f"  = {before.severity} {before.rule} -> {after.severity} {after.rule} line {after.line}"


@rules.command()
@click.argument("documents", nargs=-1, metavar="[DOCUMENT_OR_FOLDER]...")
@click.option("--rules", "name", metavar="NAME", help="Compare by these rules instead of those that each document asks for.")
def verify(documents: tuple[str, ...], name: str | None) -> int:
    """Compare every official artefact with its hash; with documents, compiled rules with the published ones on each."""
    return _compare(documents, name) if documents else _hashes()


def _hashes() -> int:
    from einvoice import official

    changed = []
    for artefact in official.manifest():
        same = official.digest(artefact) == artefact.sha256
        _lines([f"{artefact.id:16} {artefact.version:10} {'as built' if same else 'CHANGED'}"])
        changed += [] if same else [artefact.id]
    if changed:
        raise EngineError(f"{', '.join(changed)}: not as built; install the package again")
    return 0


def _compare(paths: tuple[str, ...], name: str | None) -> int:
    from einvoice import document
    from einvoice.check import equivalence
    from einvoice.check.pipeline import How, known, scenario_of

    known(How(rules=name))
    compared = differing = 0
    for source in terminal.sources(paths):
        try:
            opened = document.open(terminal.read(source), name=source)
        except InputError as error:
            terminal.say(f"einvoice: {error}")
            continue
        scenario = scenario_of(opened, name)
        if scenario is None or not equivalence.is_judged(opened.root, scenario):
            _lines([f"{source}: not compared: no rules are run on it"])
            continue
        found, _ = equivalence.differences(opened.utf8, opened.root, scenario, special=True)
        if found == [equivalence.NOTHING_TO_COMPARE]:
            _lines([f"{source}: not compared: no rule of {' '.join(scenario.rules)} is about it"])
            continue
        compared, differing = compared + 1, differing + bool(found)
        _lines([f"{source}: {'; '.join(found)}"] if found else [f"{source}: the same by {' '.join(scenario.rules)}"])
    _lines([f"{compared} compared, {differing} differ"])
    return 1 if differing else 0
