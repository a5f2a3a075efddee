"""The command line: files and terminals in, functions of the engine called, texts and exit codes out.

Standard output holds the result and nothing else; everything for a person goes to standard error. Each command imports
what it needs when it runs: a validation must not wait for the model.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from einvoice.errors import EngineError, Exit
from einvoice.version import __version__

#   a module and its commands, in the order of the help
COMMANDS = {
    "validate": ("validate",),
    "batch": ("batch",),
    "invoices": ("extract", "convert", "template", "create", "embed", "render", "fix"),
    "knowledge": ("codes", "explain", "rules"),
}


class Commands(click.Group):
    """Commands are imported when they are called. Problems of the program become one line on standard error and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The names of all commands."""
        return [name for names in COMMANDS.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """The command of a name."""
        module = next((module for module, names in COMMANDS.items() if cmd_name in names), None)
        command: click.Command | None = getattr(import_module(f"einvoice.cli.{module}"), cmd_name) if module else None
        return command

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and end the process with the exit code."""
        kwargs["standalone_mode"] = False
        try:
            code = super().main(*args, **kwargs)
        except click.ClickException as error:
            error.show()
            code = Exit.USAGE
        except click.Abort:
            code = 130
        except EngineError as error:
            click.echo(f"einvoice: {error}", err=True)
            code = error.exit_code
        except BrokenPipeError:  # einvoice … | head
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = 0
        sys.exit(int(code) if isinstance(code, int) else 0)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="einvoice")
def main() -> None:
    """Judge, read, write and convert electronic invoices: XRechnung, ZUGFeRD, Factur-X.

    Exit codes: 0 valid, 1 invalid, 2 wrong usage, 3 unreadable input, 4 unchecked; of several documents the worst.
    """
