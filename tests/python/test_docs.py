"""What the documents say holds: options, keys, measured tables, links; every command is run.

Fenced blocks of sh and python are run, and the indented ones of the README that call the program,
page by page in one folder, as a reader would. What only shows something is `text`.
"""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import resml

from .command_case import INCIDENTS, RES_ML, ROOT, set_flags
from .soar_emulator import Organization, Settings, SoarEmulator

DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("tests/data/*/*.md")])
ALGORITHMS = (DOCS / "algorithms.md").read_text()
GUIDE = (DOCS / "guide.md").read_text()

FENCED = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^    [^\n]*\n|^\n(?=    ))+", re.MULTILINE)
CALLS = re.compile(r"^(?:\$ *)?(?:res-ml|resml\.|import resml|from resml)\b", re.MULTILINE)

SOAR_HOST = "host = soar.example.com"

OPTIONS = ("option", "default", "range", "meaning")
SPLIT_BY = ("algorithm", "chance", "time", "chance, with `create_date`", "time, with `create_date`")
IMBALANCE = ("algorithm", "class_weight", "imbalance_upsampling", "other", "accuracy", "macro F1",
             "False right", "True right", "hits")  # fmt: skip


def blocks(page: Path) -> Iterator[tuple[str, str]]:
    """Language and text of the blocks that are to be run, in their order."""
    text = page.read_text()
    for found in re.finditer(f"{FENCED.pattern}|({INDENTED.pattern})", text, FENCED.flags):
        language, fenced, indented = found.groups()
        body = fenced or re.sub("^    ", "", indented, flags=re.MULTILINE)
        if CALLS.search(body) or language in ("sh", "python"):
            yield language or ("python" if "import resml" in body else "sh"), body


def sections(text: str, level: str) -> dict[str, str]:
    parts = re.split(rf"^{level} (.+)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def table(text: str, *header: str) -> list[list[str]]:
    """Cells of the first table with these columns; empty if there is none."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|"):
            if rows:
                break
        elif rows or cells == list(header):
            rows.append(cells)
    return rows[2:]


def name_in(cell: str) -> str:
    assert re.fullmatch("`[^`]+`", cell), cell
    return cell.strip("`")


def run(folder: Path, *command: str, typed: str = "") -> str:
    path = {"PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False,
                          input=typed, env={**os.environ, **path}, timeout=120)  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
    return done.stdout


@pytest.fixture(autouse=True, scope="module")
def the_wheel_is_of_the_command() -> None:
    told = subprocess.run(
        [RES_ML, "build", "--help-algorithms"], capture_output=True, text=True, check=True
    ).stdout
    for one in resml.algorithms() + resml.methods():
        told = told.replace(f"{one.name}: {one.meaning}\n", "")
    unknown = re.findall(r"^(\S.*): ", told, re.MULTILINE)
    assert unknown == [], "the wheel in .venv does not know these: run script/setup"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With the command, and the shipped incidents where the pages have them."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "res-ml").symlink_to(RES_ML)
    (tmp_path / "bin" / "python").symlink_to(sys.executable)
    for name in ("incidents.csv", "new_incidents.csv"):
        shutil.copy(INCIDENTS.with_name(name), tmp_path)
    return tmp_path


def run_page(page: Path, folder: Path, soar: SoarEmulator | None = None) -> str:
    """With `soar` in the place of the platform that the page connects to."""
    script = ["set -eu"]
    for language, body in blocks(page):
        if language == "python":
            body = f"{sys.executable} - <<'END_OF_BLOCK'\n{body}\nEND_OF_BLOCK"
        script.append(body)
    text = "\n".join(script)
    if soar:
        there = f"host = 127.0.0.1\\nport = {soar.port}\\ncafile = {soar.ca_file}"
        assert text.count(SOAR_HOST) == 1
        text = text.replace(SOAR_HOST, there)
    (folder / "page.sh").write_text(text)
    secret = soar.settings.account.api_key_secret if soar else ""
    return run(folder, "bash", "page.sh", typed=secret + "\n")


def test_pages_that_call_the_program_are_run() -> None:
    calling = {str(page.relative_to(ROOT)) for page in PAGES if list(blocks(page))}
    assert calling == {"README.md", "docs/algorithms.md", "docs/guide.md"}
    languages = {language for page in PAGES for language, _ in blocks(page)}
    assert languages == {"sh", "python"}


def test_the_commands_of_the_readme(folder: Path) -> None:
    header = "id,incident_type_ids,confirmed,negative_pr_likely,nist_attack_vectors,severity_code"
    rows = [
        f'{i},"[{i % 3}, 21]",{i % 2 == 0},{i % 5 == 0},[{i % 4}],{i % 3 + 4}' for i in range(80)
    ]
    for name in ("incidents.csv", "newer.csv", "new.csv"):
        (folder / name).write_text("\n".join([header, *rows]) + "\n")
    shipped = folder / INCIDENTS.relative_to(ROOT)
    shipped.parent.mkdir(parents=True)
    shutil.copy(INCIDENTS, shipped)
    assert "Summary:" in run_page(ROOT / "README.md", folder)


def test_the_commands_of_the_guide_and_what_it_says_they_print(folder: Path) -> None:
    settings = Settings(org=Organization(name="Example Org"))
    assert settings.account.api_key_id in GUIDE
    with SoarEmulator(INCIDENTS, settings=settings) as soar:
        printed = run_page(DOCS / "guide.md", folder, soar)
    shown = [body for language, body in FENCED.findall(GUIDE) if language == "text"]
    summary = next(body for body in shown if "Summary:" in body)
    summary = re.sub(r"(File: +).*", rf"\g<1>{folder.resolve()}/severity.ml", summary)
    stamp = re.search(r"Build time: .*\n", printed)
    assert stamp
    assert re.sub(r"Build time: .*\n", stamp.group(), summary) in re.sub(
        r"Build time: .*\n", stamp.group(), printed
    )
    checks = next(body for body in shown if body.startswith("ok      configuration"))
    for check in re.findall(r"^ok +\w+: ", checks, re.MULTILINE):
        assert check in printed
    assert "FAILED" not in printed
    assert "soar.ml is up to date" in printed
    answers = next(body for body in shown if body.startswith("id,severity_code,prediction"))
    told = printed[printed.rindex(answers.splitlines()[0]) :].splitlines()
    for shown_line, line in zip(answers.splitlines()[1:], told[1:], strict=False):
        *texts, probability, _ = shown_line.split(",")
        assert line.split(",")[:3] == texts
        assert float(line.split(",")[3]) == pytest.approx(float(probability), abs=1e-6)


def test_the_commands_of_the_algorithms(folder: Path) -> None:
    """On every 25th incident: all pairs on all of them take a minute."""
    sample = folder / INCIDENTS.relative_to(ROOT)
    sample.parent.mkdir(parents=True)
    with INCIDENTS.open() as file:
        lines = [next(file), *islice(file, 0, None, 25)]
    sample.write_text("".join(lines))
    assert "as good as the first" in run_page(DOCS / "algorithms.md", folder)


def test_every_algorithm_method_and_option_has_its_place() -> None:
    described = {
        name: [
            (name_in(option), default, values)
            for option, default, values, _ in table(text, *OPTIONS)
        ]
        for name, text in sections(ALGORITHMS, "##").items()
        if "**Source.**" in text
    }
    known = {
        one.name: [(option.name, option.default, option.range) for option in one.options]
        for one in resml.algorithms() + resml.methods()
    }
    assert described == known, (
        "docs/algorithms.md: a section per algorithm and method, with its options as a table "
        f"({', '.join(OPTIONS)}) and, last, **Source.**"
    )


def test_every_key_of_the_configuration_stands_in_the_guide(folder: Path) -> None:
    command = [str(RES_ML), "build", "-o", "m.ml", "-c", "incidents.csv"]
    command += ["--set", "prediction=severity_code", "--set", "features=actor"]
    refused = subprocess.run([*command, "--set", "qqqqqqqq=1"], cwd=folder, capture_output=True,
                             text=True, check=False).stderr  # fmt: skip
    keys = re.search(r"the keys are ([^;]+);", refused)
    assert keys, refused
    chapter = sections(GUIDE, "###")
    rows = table(chapter["[machine_learning]"], "key", "default", "meaning")
    assert [name_in(row[0]) for row in rows] == keys.group(1).split(", ")
    run(folder, *command)
    used = json.loads(run(folder, str(RES_ML), "view", "-i", "m.ml", "--json"))["settings"]
    used["class_weight"] = used["class_weight"]["text"]
    used["compatible"] = "1.1" if used["compatible_1_1"] else "None"
    for key, default, _ in rows:
        value = used.get(name_in(key), "")
        if isinstance(value, list | dict):
            value = ", ".join(value)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        assert default in {text, "required"}, key


def test_every_key_of_the_sample_file_stands_in_the_guide(folder: Path) -> None:
    run(folder, str(RES_ML), "config")
    sample = sections((folder / "ml.config").read_text().replace("\n[", "\n## ["), "##")
    chapter = sections(GUIDE, "###")
    assert list(sample) == ["[resilient]", "[machine_learning]"]
    for name, text in sample.items():
        keys = re.findall(r"^#?(\w+) = ", text, re.MULTILINE)
        rows = re.findall(r"^\| `(\w+)` \|", chapter[name].split("\n## ")[0], re.MULTILINE)
        assert set() < set(keys) <= set(rows)


def test_every_key_of_the_connection_stands_in_the_guide() -> None:
    source = (ROOT / "cpp" / "resml" / "platform" / "platform_settings.cpp").read_text()
    keys = re.findall(r'"(\w+)"', source.partition("kKeys = {")[2].partition("}")[0])
    rows = table(sections(GUIDE, "###")["[resilient]"], "key", "default", "meaning")
    assert {name_in(row[0]) for row in rows} == {*keys, "pam_type"}


def test_every_line_of_the_summary_is_explained(folder: Path) -> None:
    rows = ["kind,resolution_id,x"] + [f"{'ab'[i % 2]},{i % 3},{i % 4 < 2}" for i in range(40)]
    (folder / "few.csv").write_text("\n".join([*rows, "a,1,Once", "b,2,"]) + "\n")
    told = run(folder, str(RES_ML), "build", "-o", "m.ml", "-c", "few.csv",
               "--set", "prediction=x", "--set", "features=kind, resolution_id")  # fmt: skip
    labels = set(re.findall(r"^(?:  )?([A-Z][\w -]+):", told, re.MULTILINE)) - {"Summary"}
    labels = {label.replace("for x value", "for … value") for label in labels}
    assert {"Occurs once", "Warning", "Rows"} <= labels
    lines = [row[0] for row in table(GUIDE, "line", "what it is worth")]
    assert {name for line in lines for name in re.findall("`([^`]+)`", line)} == labels


def test_every_option_of_the_commands_is_in_the_pages(folder: Path) -> None:
    overview = run(folder, str(RES_ML), "--help")
    commands = re.findall(r"^  ([a-z_]+)[, ]", overview.split("Subcommands:")[1], re.MULTILINE)
    assert "predict" in commands
    unseen = [one for one in commands if not re.search(rf"res-ml {one}\s", GUIDE)]
    assert unseen == [], "show in docs/guide.md how to call"
    texts = [overview, *(run(folder, str(RES_ML), command, "--help") for command in commands)]
    options = {option for text in texts for option in re.findall(r"(?<=[ ,])--[\w-]+", text)}
    options -= {"--help", "--version", "--input", "--output", "--csv", "--field"}
    unseen = [option for option in sorted(options) if option not in GUIDE + ALGORITHMS]
    assert unseen == [], "say in docs/guide.md what these do"


def evaluation_of(folder: Path, *settings: str) -> dict[str, Any]:
    run(folder, str(RES_ML), "build", "-o", "m.ml", "-c", "incidents.csv", *set_flags(*settings))
    evaluation: dict[str, Any] = json.loads(
        run(folder, str(RES_ML), "view", "-i", "m.ml", "--json")
    )["evaluation"]
    return evaluation


def features_of_the_guide() -> list[str]:
    found = re.search(r'^features="(.+)"\nsed .*\$features, (.+)/" ml.config$', GUIDE, re.MULTILINE)
    assert found
    return ", ".join(found.groups()).split(", ")


def test_the_table_of_split_by_is_true(folder: Path) -> None:
    features = "features=" + ", ".join(features_of_the_guide())
    chance, time = "split_by=chance", "split_by=time"
    rows = table(GUIDE, *SPLIT_BY)
    assert len(rows) == 3
    for algorithm, *scores in rows:
        now = [
            evaluation_of(folder, "prediction=severity_code", "class_weight=balanced", by, fields,
                          f"algorithm={algorithm}")["accuracy"]["value"]
            for fields in (features, f"{features}, create_date")
            for by in (chance, time)
        ]  # fmt: skip
        assert [float(score) for score in scores] == pytest.approx(now, abs=0.01), algorithm


def test_the_table_of_calibration_is_true(folder: Path) -> None:
    fields = "features=" + ", ".join(features_of_the_guide())
    found = evaluation_of(folder, "prediction=severity_code", "class_weight=balanced", fields)
    rows = table(GUIDE, "probability", "answers", "right")
    assert [row[0] for row in rows] == [
        f"{one['low']} to {one['high']}" for one in found["calibration"]
    ]
    for (_, answers, right), one in zip(rows, found["calibration"], strict=True):
        assert float(answers) == pytest.approx(one["count"], rel=0.05)
        assert float(right) == pytest.approx(one["accuracy"], abs=0.02)


def test_what_is_said_of_emptied_features_is_true() -> None:
    features = features_of_the_guide()
    with INCIDENTS.open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["severity_code"] != "None"]
    model = resml.build(rows[::2], "severity_code", features, class_weight="balanced")
    others = [row | dict.fromkeys(features[-5:], "") for row in rows[1::2]]
    answers = model.answer(others)
    right = [
        answer.prediction == row["severity_code"]
        for answer, row in zip(answers, others, strict=True)
    ]
    said = sum(answer.probability for answer in answers) / len(answers)
    told = re.search(r"emptied, said (\S+) on average and was right in (\S+) ", GUIDE)
    assert told
    assert [float(number) for number in told.groups()] == pytest.approx(
        [said, sum(right) / len(right)], abs=0.01
    )


def test_the_table_of_imbalance_is_true(folder: Path) -> None:
    chapter = sections(ALGORITHMS, "##")["Imbalance"]
    features = re.findall(r'^features="(?:\$features, )?(.+)"$', chapter, re.MULTILINE)
    rows = table(chapter, *IMBALANCE)
    assert len(rows) > 5
    for algorithm, weight, upsampling, other, *scores in rows:
        evaluation = evaluation_of(
            folder, "prediction=vendor_involved", "features=" + ", ".join(features),
            f"algorithm={algorithm}", f"class_weight={weight}",
            f"imbalance_upsampling={upsampling}", *other.split(),
        )  # fmt: skip
        of = {scores["label"]: scores for scores in evaluation["classes"]}
        now = [evaluation["accuracy"]["value"], evaluation["macro_f1"]["value"],
               of["False"]["recall"]["value"], of["True"]["recall"]["value"], of["True"]["precision"]]  # fmt: skip
        assert [float(score) for score in scores] == pytest.approx(now, abs=0.01), algorithm


def test_the_table_of_pairs_is_true(folder: Path) -> None:
    """Of the algorithms alone: the ensembles take a minute."""
    chapter = sections(ALGORITHMS, "##")["Which pairs are worth it"]
    features = re.findall(r'^features="(?:\$features, )?(.+)"$', chapter, re.MULTILINE)
    shown = dict(re.findall(r"^[* ]  (\w.*\S) +None +(0\.\d+) ", chapter, re.MULTILINE))
    assert set(shown) == {algorithm.name for algorithm in resml.algorithms()}, (
        "docs/algorithms.md: put what the command above the table prints into it"
    )
    told = json.loads(
        run(folder, str(RES_ML), "compare", "-c", "incidents.csv", "--pairs", ", ".join(shown),
            "--set", "prediction=severity_code", "--set", "features=" + ", ".join(features),
            "--json")
    )  # fmt: skip
    now = {pair["algorithm"]: pair["accuracy"]["value"] for pair in told}
    assert {name: float(accuracy) for name, accuracy in shown.items()} == pytest.approx(
        now, abs=0.01
    )


def test_what_is_said_of_the_shipped_incidents_is_true() -> None:
    with INCIDENTS.open(newline="") as file:
        incidents = list(csv.DictReader(file))
    vendors = [row for row in incidents if row["vendor_involved"] == "True"]
    assert (len(incidents), len(vendors)) == (6236, 262)
    assert f"Of the {len(incidents)} shipped incidents {len(vendors)} involve a vendor" in " ".join(
        ALGORITHMS.split()
    )
    assert all(("Partner" in row["actor"]) == (row in vendors) for row in incidents)


def anchors(page: Path) -> set[str]:
    """The names that a heading can be linked by, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def test_links_lead_somewhere() -> None:
    wrong = []
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text()):
            if re.match(r"\w+://", target):
                continue
            path, _, anchor = target.partition("#")
            to = (page.parent / path).resolve() if path else page
            if not to.exists() or (anchor and anchor not in anchors(to)):
                wrong.append(f"{page.relative_to(ROOT)}: {target}")
    assert wrong == []


def test_the_readme_and_the_list_of_contents_name_every_algorithm() -> None:
    state = (ROOT / "README.md").read_text().partition("**State.**")[2].split("\n\n")[0]
    contents = ALGORITHMS.partition("\n- Algorithms: ")[2].partition("\n- Methods: ")[0]
    names = [algorithm.name for algorithm in resml.algorithms()]
    told = re.search(r"\((.+?)\)", " ".join(state.split()))
    assert told
    assert told.group(1).split(", ") == names, "README.md, State"
    assert re.findall(r"\[(.+?)\]", " ".join(contents.split())) == names, "docs/algorithms.md, top"


def test_the_readme_leads_to_every_document() -> None:
    linked = set(re.findall(r"docs/\w+\.md", (ROOT / "README.md").read_text()))
    contributing = set(re.findall(r"docs/\w+\.md", (ROOT / "CONTRIBUTING.md").read_text()))
    assert {f"docs/{page.name}" for page in DOCS.glob("*.md")} <= linked | contributing
