"""Tables of Markdown from what was measured."""

from collections.abc import Sequence
from typing import Any

Result = dict[str, Any]
MISSING = "-"


def table(header: Sequence[str], lines: list[list[str]]) -> str:
    rows = [list(header), ["---"] * len(header), *lines]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def duration(seconds: float | None) -> str:
    if seconds is None:
        return MISSING
    if seconds < 1e-3:
        return f"{seconds * 1e6:.0f} µs"
    if seconds < 1:
        return f"{seconds * 1e3:.3g} ms"
    return f"{seconds:.3g} s"


def ratio(theirs: float | None, ours: float) -> str:
    if theirs is None:
        return MISSING
    value = theirs / ours
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def megabytes(size: float | None) -> str:
    return MISSING if size is None else f"{size / 1e6:.0f} MB"


def share(value: float | None) -> str:
    return MISSING if value is None else f"{value:.3f}"


def whole_process(contests: list[Result]) -> str:
    header = [
        "algorithm", "res-ml", "peer", "ratio", "CPU", "memory", "accuracy", "fastest peer",
    ]  # fmt: skip
    lines = []
    for contest in contests:
        ours, peer = contest["ours"], contest.get("peer", {})
        lines.append(
            [
                contest["algorithm"],
                duration(ours["seconds"]),
                duration(peer.get("seconds")),
                ratio(peer.get("seconds"), ours["seconds"]),
                f"{duration(ours['cpu_seconds'])} / {duration(peer.get('cpu_seconds'))}",
                f"{megabytes(ours['peak_bytes'])} / {megabytes(peer.get('peak_bytes'))}",
                f"{share(ours['accuracy'])} / {share(peer.get('accuracy'))}",
                peer.get("variant", MISSING),
            ]
        )
    return table(header, lines)


def fit_alone(contests: list[Result]) -> str:
    header = [
        "algorithm", "distinct rows", "group + fit", "scikit-learn", "ratio", "accelerated", "ratio",
    ]  # fmt: skip
    lines = []
    for contest in contests:
        fit = contest.get("fit")
        if not fit:
            continue
        ours = fit["ours"]["group_seconds"] + fit["ours"]["fit_seconds"]
        line = [contest["algorithm"], f"{fit['ours']['distinct']} of {fit['ours']['rows']}"]
        line.append(
            f"{duration(fit['ours']['group_seconds'])} + {duration(fit['ours']['fit_seconds'])}"
        )
        for role in ("plain", "accelerated"):
            rival = fit.get(role)
            seconds = rival["fit_seconds"] if rival else None
            line.append(f"{duration(seconds)} ({rival['variant']})" if rival else MISSING)
            line.append(ratio(seconds, ours))
        lines.append(line)
    return table(header, lines)


def csv_table(results: list[Result]) -> str:
    lines = []
    for result in results:
        size, ours = result["bytes"], result["ours"]["seconds"]
        peer = result.get("peer")
        lines.append(
            [
                str(result["threads"]),
                f"{size / ours / 1e9:.2f} GB/s",
                f"{size / peer['seconds'] / 1e9:.2f} GB/s ({peer['way']})" if peer else MISSING,
                ratio(peer["seconds"] if peer else None, ours),
            ]
        )
    return table(["threads", "resml", "polars", "ratio"], lines)


def model_table(results: list[Result]) -> str:
    lines = []
    for result in results:
        core, python = result["core"], result["python"]
        lines.append(
            [
                f"{result['algorithm']}, {result['mode']}",
                f"{core['bytes'] / 1e3:.0f} kB",
                duration(core["seconds"]),
                f"{core['bytes'] / core['seconds'] / 1e9:.2g} GB/s",
                duration(python["answer_seconds"]),
            ]
        )
    return table(["model", "file", "open", "that is", "dict to probabilities"], lines)


def start_table(results: list[Result]) -> str:
    return table(
        ["command", "whole process", "memory"],
        [[r["command"], duration(r["seconds"]), megabytes(r["peak_bytes"])] for r in results],
    )


def markdown(results: Result) -> str:
    parts = []
    groups: dict[tuple[int, str], list[Result]] = {}
    for contest in results["contests"]:
        groups.setdefault((contest["rows"], contest["mode"]), []).append(contest)
    for (n_rows, mode), contests in groups.items():
        parts += [
            f"### {n_rows:,} rows, {mode} distinct ({results['threads']} threads)",
            "Whole process; CPU, memory and accuracy are ours / the peer's.",
            whole_process(contests),
            "Fit alone, on one half of the rows.",
            fit_alone(contests),
        ]
    parts += ["### CSV, 6 of 52 columns", csv_table(results["csv"])]
    if results["models"]:
        parts += ["### Models", model_table(results["models"])]
    if results.get("start"):
        parts += ["### Start", start_table(results["start"])]
    return "\n\n".join(parts)
