"""What is compared: for each job the commands of all tools, on the same records.

The table's ratios are to the row `sluice` of the same job, unless a row names another.
"""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import check
import messages
from check import Rows, Verdict

HERE = pathlib.Path(__file__).resolve().parent
DOCUMENTS = HERE.parent / "Documents"
NOW = "2026-11-01T00:00:00Z"
SEED = "7"

DEMAND = """sluice: demand/1
reference: {reference}
jurisdiction: US
instrument: selected
authority: {{ name: Court, official: Judge, title: Judge, contact: none, reference: "1" }}
issued: 2026-10-01
received: 2026-10-02T00:00:00Z
subjects: [ {{ phone: "{subject}" }} ]
period: {{ from: 2026-01-01T00:00:00Z, until: 2026-03-01T00:00:00Z }}
categories: [selected]
prepared: {{ by: somebody, at: 2026-10-02T10:00:00Z }}
"""


@dataclass(frozen=True)
class Run:
    """One row of the table: a command, where it writes, and how to tell whether that is right."""
    row: str
    command: list[str]
    output: str
    check: Callable[[], Verdict]
    prints: bool = False
    """Whether the result is what the command prints, rather than a file or folder that it makes."""
    base: str = "sluice"
    """The row that the ratios are to."""

    @property
    def tool(self) -> str:
        return self.row.split()[0]


class Workshop:
    """A folder with the records, keys and demands that the jobs need; each is made once, when it is asked for."""

    def __init__(self, sluice: str, folder: str, count: int) -> None:
        self.sluice, self.folder, self.count = sluice, pathlib.Path(folder), count
        self.pool = messages.pool()
        self.key = self.path("root.key")
        # 32 raw bytes are a root key too, and with a key that is known the pseudonyms can be checked.
        descriptor = os.open(self.key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(descriptor, check.ROOT_KEY)
        os.close(descriptor)

    def path(self, name: str) -> str:
        return str(self.folder / name)

    def records(self, mode: str, form: str = "ndjson") -> str:
        path = self.path(f"{mode}.{form}")
        if not os.path.exists(path):
            command = [sys.executable, str(HERE / "messages.py"), str(self.count), SEED, mode]
            with open(path, "wb") as file:
                subprocess.run(command + (["csv"] if form == "csv" else []), check=True, stdout=file)
        return path

    def subjects(self, count: int) -> tuple[str, ...]:
        """The accounts that come least."""
        return tuple(self.pool[-count:])

    def list_of(self, subjects: tuple[str, ...], name: str, form: str) -> str:
        path = self.path(name)
        pathlib.Path(path).write_text("".join(form.format(subject) + "\n" for subject in subjects))
        return path

    def demands(self, subjects: tuple[str, ...]) -> str:
        """A folder with a demand for each subject, as a day's batch lies."""
        folder = self.folder / f"demands-{len(subjects)}"
        folder.mkdir(exist_ok=True)
        for subject in subjects:
            path = folder / f"{check.reference(subject)}.yaml"
            path.write_text(DEMAND.format(reference=check.reference(subject), subject=subject))
        return str(folder)

    # Sluice's own commands

    def common(self, source: str, documents: str) -> list[str]:
        folder, schema = {"flat": ("policies", "messages.yaml"), "mix": ("mix-policies", "mix.yaml")}[documents]
        return [
            "--policies", str(DOCUMENTS / folder), "--schema", str(DOCUMENTS / schema), "--key", self.key,
            "--records", source, "--now", NOW]

    def minimize(self, rows: Rows, source: str, *options: str) -> Run:
        output = self.path("sluice.out")
        command = [
            self.sluice, "minimize", "--quiet", "--jurisdiction", "US", "--instrument", rows.category,
            "--case", check.STREAM, "--out", output, *options]
        documents = "mix" if rows.category == "mix" else "flat"
        return Run(
            "sluice", command + self.common(source, documents), output, partial(check.in_order, rows, output))

    def disclose(self, source: str, subjects: tuple[str, ...], row: str, base: str) -> Run:
        output = self.path(row.replace(" ", "-"))
        command = [self.sluice, "disclose", "--quiet", "--out", output, self.demands(subjects)]
        return Run(
            row, command + self.common(source, "flat"), output, partial(check.packets, source, subjects, output),
            base=base)

    def preview(self, source: str, subjects: tuple[str, ...], row: str, base: str) -> Run:
        output = self.path(row.replace(" ", "-"))
        command = [self.sluice, "preview", "--quiet", "--json", self.demands(subjects)]
        return Run(
            row, command + self.common(source, "flat"), output, partial(check.previews, source, subjects, output),
            prints=True, base=base)

    def disclose_nothing(self, number: int) -> list[str]:
        """A demand over a file without a record; `number` keeps the packets of several runs apart."""
        source = self.path("empty.ndjson")
        pathlib.Path(source).touch()
        demands, output = self.demands(self.subjects(1)), self.path(f"nothing-{number}")
        return [self.sluice, "disclose", "--quiet", "--out", output, demands, *self.common(source, "flat")]

    # The peers' commands

    def script(self, name: str, rows: Rows, source: str, *arguments: str, ordered: bool = True) -> Run:
        """A peer's job in Python, one file a peer and job."""
        tool, output = name.split("_")[0], self.path(f"{name}.out")
        comparison = check.in_order if ordered else check.in_any_order
        return Run(
            tool, [sys.executable, str(HERE / f"{name}.py"), source, output, *arguments], output,
            partial(comparison, rows, output))

    def printing(self, tool: str, command: list[str], verdict: Callable[[str], Verdict]) -> Run:
        output = self.path(f"{tool}.out")
        return Run(tool, command, output, partial(verdict, output), prints=True)


# The jobs

def minimize(shop: Workshop, mode: str) -> list[Run]:
    source = shop.records(mode)
    theirs = Rows(source, "coarse", False)
    return [
        shop.minimize(Rows(source, "coarse", True), source),
        shop.script("polars_minimize", theirs, source),
        shop.script("duckdb_minimize", theirs, source),
        shop.script("chdb_minimize", theirs, source, ordered=False),
        shop.script("python_minimize", theirs, source),
    ]


def csv(shop: Workshop) -> list[Run]:
    """The rows are checked against the NDJSON of the same records."""
    ndjson, source = shop.records("repeat"), shop.records("repeat", "csv")
    theirs = Rows(ndjson, "coarse", False)
    return [
        shop.minimize(Rows(ndjson, "coarse", True), source),
        shop.script("polars_minimize", theirs, source),
        shop.script("duckdb_minimize", theirs, source),
        shop.script("chdb_minimize", theirs, source, ordered=False),
    ]


def generalize(shop: Workshop) -> list[Run]:
    """Without people, for the tools that have no HMAC."""
    source = shop.records("repeat")
    theirs = partial(check.in_order, Rows(source, "generalized", False))
    by_mlr, by_jq = str(HERE / "generalize.mlr"), str(HERE / "generalize.jq")
    return [
        shop.minimize(Rows(source, "generalized", True), source),
        shop.printing("mlr", ["mlr", "--ijsonl", "--ojsonl", "put", "-f", by_mlr, source], theirs),
        shop.printing("jq", ["jq", "-c", "-f", by_jq, source], theirs),
        shop.printing("jaq", ["jaq", "-c", "-f", by_jq, source], theirs),
    ]


def select(shop: Workshop) -> list[Run]:
    source, subjects = shop.records("repeat"), shop.subjects(100)
    plain = shop.list_of(subjects, "subjects", "{}")
    # Quoted, an account is not found within a longer one.
    quoted = shop.list_of(subjects, "subjects-quoted", '"{}"')
    theirs = Rows(source, "selected", False, subjects)
    return [
        shop.minimize(
            Rows(source, "selected", True, subjects), source,
            "--subjects", shop.list_of(subjects, "subjects-typed", "phone {}")),
        shop.disclose(source, subjects, "sluice disclose 100", "sluice"),
        shop.script("polars_select", theirs, source, plain),
        shop.script("duckdb_select", theirs, source, plain, ordered=False),
        shop.script("python_select", theirs, source, plain),
        shop.printing("rg", ["rg", "-c", "-F", "-f", quoted, source], partial(check.number, source, subjects)),
        shop.printing("wc", ["wc", "-l", source], partial(check.number, source, ())),
    ]


def demands(shop: Workshop) -> list[Run]:
    source = shop.records("repeat")
    return [
        command(source, shop.subjects(count), f"sluice {verb} {count}", f"sluice {verb} 1")
        for verb, command in [("preview", shop.preview), ("disclose", shop.disclose)] for count in [1, 100, 1000]]


def batch(shop: Workshop) -> list[Run]:
    """For what ten thousand demands take of memory."""
    source = shop.records("repeat")
    return [
        shop.disclose(source, shop.subjects(count), f"sluice disclose {count}", "sluice disclose 1")
        for count in [1, 10_000]]


def mix(shop: Workshop) -> list[Run]:
    source = shop.records("mix")
    theirs = Rows(source, "mix", False)
    return [
        shop.minimize(Rows(source, "mix", True), source),
        shop.script("polars_mix", theirs, source),
        shop.script("duckdb_mix", theirs, source),
        shop.script("python_mix", theirs, source),
    ]


JOBS: dict[str, Callable[[Workshop], list[Run]]] = {
    "repeat": partial(minimize, mode="repeat"),
    "unique": partial(minimize, mode="unique"),
    "csv": csv,
    "select": select,
    "demands": demands,
    "mix": mix,
    "generalize": generalize,
    "batch": batch,
}


# Which tools there are

MODULES = {"polars": ["polars", "polars_hash"], "duckdb": ["duckdb"], "chdb": ["chdb"], "python": ["orjson"]}
PACKAGES = {"mlr": "miller", "jq": "jq", "jaq": "jaq", "rg": "ripgrep", "wc": "coreutils"}


def why_missing(tool: str) -> str | None:
    """Why a tool cannot take part here, or nothing if it can."""
    missing = [name for name in MODULES.get(tool, []) if importlib.util.find_spec(name) is None]
    if missing:
        return f"pip could not install {', '.join(missing)} here"
    if tool not in PACKAGES or shutil.which(tool):
        return None
    shown = shutil.which("apt-cache") and subprocess.run(["apt-cache", "show", PACKAGES[tool]], capture_output=True)
    if shown and shown.returncode != 0:
        return f"this system's apt has no package {PACKAGES[tool]}"
    return f"there is no such command; it is Debian's package {PACKAGES[tool]}"
