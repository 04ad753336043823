"""The messages that the sources can print, with … for what is only known when they do.

`python -m tests.python.messages_in_code` prints those that docs/messages.md lacks.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .command_case import ROOT

UNKNOWN = "…"
LITERAL = r'"(?:[^"\\]|\\.)*"'
THROWN = "InputError|ModelFileError|PluginError|RemoteError|TransportError|Cancelled"
CALLS = re.compile(
    rf"\bthrow\s+(?:resml::)?(?P<thrown>{THROWN})\(|(?<!void )\b(?P<fails>fail|fail_at)\("
    r"|(?<!void )\b(?P<refuses>refuse)\(|\b(?P<warns>warn|warnings\.push_back|console\.message)\("
)
# Functions that say why, for a message that somebody else begins.
REASONS = re.compile(r"\breturn\s|\b(?:fault|reason|refusal) =\s")
REASON_FILES = ("json_answer.cpp", "field_definitions.cpp", "session.cpp", "tls_report.cpp",
                "connection.cpp", "model_store.py")  # fmt: skip
# What is wrong inside of a damaged model: one entry of the page speaks of all of it.
INSIDE_A_MODEL = ("/learn/", "/encode/", "/tensor_header", "/tensor_bundle", "/pipeline.cpp")


def closing(text: str, at: int) -> int:
    """Where the bracket at `at` closes."""
    depth = 0
    for token in re.finditer(rf"{LITERAL}|'(?:[^'\\]|\\.)'|[()\[\]{{}}]", text[at:]):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.group(), 0)
        if depth == 0:
            return at + token.start()
    raise ValueError(text[at : at + 80])


def split(text: str, separator: str) -> list[str]:
    """At separators that stand in no bracket and no literal."""
    parts, depth = [""], 0
    for token in re.findall(rf"{LITERAL}|'(?:[^'\\]|\\.)'|.", text, re.DOTALL):
        depth += token in "([{"
        depth -= token in ")]}"
        if token == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += token
    return [part.strip() for part in parts]


def text_of(expression: str) -> str:
    """Of an expression in C++ that makes a text."""
    expression = expression.strip()
    if re.fullmatch(rf"(?:{LITERAL}\s*)+", expression):
        pieces = re.findall(LITERAL, expression)
        return "".join(str(ast.literal_eval(piece)) for piece in pieces)
    call = re.match(r"(?:resml::)?(?:concat|std::string|std::string_view)\(", expression)
    if call and closing(expression, call.end() - 1) == len(expression) - 1:
        return "".join(text_of(part) for part in split(expression[call.end() : -1], ","))
    parts = split(expression, "+")
    if len(parts) > 1 and all(parts):
        return "".join(text_of(part) for part in parts)
    return UNKNOWN


def tidied(template: str) -> str:
    """Without the place in front, which any message may have."""
    template = re.sub(f"{UNKNOWN}+", UNKNOWN, template).strip("; ")
    return re.sub(rf"^(?:warning: |{UNKNOWN}: *|{UNKNOWN}(?=\w))+", "", template)


def says_something(template: str) -> bool:
    if template == "… issued by …":  # a part of others
        return False
    return re.search(r"[a-z]{4}|[a-z] [a-z]", template) is not None


def in_cpp(path: Path) -> Iterator[str]:
    source = re.sub(rf"({LITERAL})|//.*|^#.*", r"\1", path.read_text(), flags=re.MULTILINE)
    is_model = any(one in str(path) for one in INSIDE_A_MODEL)
    for call in CALLS.finditer(source):
        parts = split(source[call.end() : closing(source, call.end() - 1)], ",")
        if is_model and (call["thrown"] == "ModelFileError" or call["fails"] or call["refuses"]):
            continue
        if call["refuses"]:
            parts[0] = f'"expected "+{parts[0]}+", got "+value'
        if call["fails"] and re.fullmatch(r'key|"\w+"', parts[0]):
            del parts[0]
        text = "".join(text_of(part) for part in parts)
        if not call["warns"] or "console" not in call["warns"] or text.startswith("warning: "):
            yield text
    if path.name in REASON_FILES:
        for reason in REASONS.finditer(source):
            statement = split(source[reason.end() :].partition("\n}")[0], ";")[0]
            yield text_of(split(statement, ",")[0].rstrip("}"))


def in_python(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called = node.func.id
            if called.endswith(("Error", "kind")) and len(node.args) == 1:
                yield python_text(node.args[0])
        returned = node.value if isinstance(node, ast.Return) else None
        if isinstance(returned, ast.JoinedStr) and path.name in REASON_FILES:
            yield python_text(returned)


def python_text(node: ast.expr) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(python_text(part) for part in node.values)
    return UNKNOWN


def messages() -> set[str]:
    found: set[str] = set()
    for folder, pattern, read in (
        ("cpp", "*.[ch]pp", in_cpp),
        ("bindings", "*.[ch]pp", in_cpp),
        ("python", "*.py", in_python),
    ):
        for path in sorted((ROOT / folder).rglob(pattern)):
            found |= {tidied(one) for one in read(path)}
    return {one for one in found if says_something(one)}


def listed(page: str) -> dict[str, str]:
    """What the page's tables say about each message."""
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", page, re.MULTILINE)
    return {message.replace(r"\|", "|"): remedy for message, remedy in rows}


if __name__ == "__main__":
    known = listed((ROOT / "docs" / "messages.md").read_text())
    for message in sorted(messages() - set(known)):
        print(f"| `{message}` |  |")
