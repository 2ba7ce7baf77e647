#!/usr/bin/env python3
"""The house rules (docs/STYLE.md), held against the tree. Exit 1 if one is broken.

A rule is a function from a Tree to its findings: (path, line, message). Exceptions that were reviewed
stand in allowed.txt, one a line: rule, path, a part of the message, `#`, the reason. One that nothing
needs any more is a finding too.
"""
import pathlib
import posixpath
import re
import subprocess
import sys

from tree import Tree, code_of, is_test, line_of

ROOMS = {  # folder: what it may use besides itself; the longest folder that fits is the room
    "base": (),
    "model": ("base",),
    "rules/cel": ("base",),
    "rules": ("base", "model", "rules/cel"),
    "engine/stages": ("base", "model", "rules"),
    "engine/runtime": ("base", "model", "rules", "engine/stages"),
    "net": ("base",),
    "connectors": ("base", "model", "rules", "engine/stages", "engine/runtime", "net"),
    "app": ("base", "model", "rules", "engine/stages", "engine/runtime", "net", "connectors"),
}
PURE = ("base", "model", "rules/cel", "rules", "engine/stages")
HOME_OF_DOUBLES = "rules/cel"  # DESIGN, section 11
IMPURE = re.compile(
    r"<(?:fstream|iostream|cstdio|stdio\.h|filesystem|thread|stop_token|mutex|shared_mutex|atomic"
    r"|condition_variable|future|semaphore|latch|barrier|random|ctime|time\.h|csignal|unistd\.h|fcntl\.h"
    r"|sys/\w+\.h|spdlog/[^>]*|boost/asio[^>]*)>"
    r"|\b(?:float|double|fopen|popen|[fs]?printf|f?puts|getenv|setenv|\w+_clock"
    r"|s?rand(?=\s*\()|random_device|mt19937\w*|clock_gettime|gettimeofday|localtime\w*|gmtime\w*|mktime"
    r"|strto(?:d|f|ld)|stod|stof|stold|atof|thread_local|(?:fmt|std)::print\w*)\b"
    r"|\bstd::(?:[io]?fstream|cout|cerr|clog|cin|filesystem|j?thread|this_thread|stop_token|\w*mutex"
    r"|lock_guard|scoped_lock|unique_lock|shared_lock|atomic\w*|condition_variable\w*|call_once|once_flag"
    r"|async|future|promise|system)\b")
HEAVY = {"boost/beast": 4, "rocksdb/": 3, "simdjson": 2, "CLI/": 1, "librdkafka/": 7}  # how many .cc files may see one
AIM, LIMIT = 300, 400
SOURCES = (".h", ".cc", ".py", ".sh", ".ts", ".tsx", "/run")
OPEN_WORK = re.compile(r"\bTO" r"DO\b|\bFIX" r"ME\b|\bXX" r"X\b|GTEST_" r"SKIP|DISABLED" r"_|[Nn]ot (?:yet )?imple" "mented")
VAGUE = re.compile(r"(?:^|[_.-])(?:manager|helper|util|utilitie|misc)s?(?:[_.-]|$)", re.I)
SLEEP = re.compile(r"\bsleep_(?:for|until)\b|\b[un]?(?:nano)?sleep\s*\(|\btime\.sleep\b|^[ \t]*sleep[ \t]+[\d.$]", re.M)
SPOKEN_CODE = re.compile(r"\bPM(\d{4})\b")
CODE_CALL = re.compile(r"\b(?:Fail|Error|Warning|Refuse)\w*\s*[({]\s*(k[A-Z]\w*|\d{1,4})\s*[,)}]")
FIRST_NUMBER = re.compile(r"[({]\s*(\d{1,4})\s*,")
CONSTANT = re.compile(r"\b(k[A-Z]\w*)\s*=\s*(\d{1,4})\b")
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
TYPE = re.compile(r"(?:struct|class|enum class) (\w+)(?: final)?(?: :.*)?(?: \{.*[^;]| \{)?$")
QUOTED_PATH = re.compile(r"`([\w.-]+/[\w./-]*)`")


def room_of(path):
    return next((room for room in sorted(ROOMS, key=len, reverse=True) if path.startswith(room + "/")), None)


def order(tree):
    for path, _ in tree.cpp():
        room = room_of(path)
        if room is None:
            continue
        for line, name, ours in tree.includes(path):
            used = room_of(name) if ours else room
            if used == room or used in ROOMS[room]:
                continue
            if not (is_test(path) and name.startswith("tests/support/")):
                yield path, line, f"{room} may not use {name}"


def purity(tree):
    for path, _ in tree.cpp(tests=False):
        if room_of(path) in PURE:
            code = tree.code(path)
            for found in IMPURE.finditer(code):
                if found.group() == "double" and room_of(path) == HOME_OF_DOUBLES:
                    continue
                yield path, line_of(code, found.start()), f"{found.group()} has no place in {room_of(path)}"


def length(tree):
    for path, text in tree.files(*SOURCES):
        lines = len(text.splitlines())
        if lines > LIMIT:
            yield path, LIMIT + 1, f"{lines} lines, {LIMIT} is the limit: which two things are in here?"


def heavy(tree):
    for start, limit in HEAVY.items():
        seen = [path for path, _ in tree.files(".cc") if not is_test(path)
                and any(name.startswith(start) for name in tree.reached(path))]
        for path in seen[limit:]:
            yield path, 1, f"sees {start}, as do {', '.join(seen[:limit])}: at most {limit} files may"


def open_work(tree):
    for path, text in tree.files(".h", ".cc", ".py", ".sh", ".ts", ".txt", ".cmake", ".yaml", "/run", "x"):
        for found in OPEN_WORK.finditer(text):
            yield path, line_of(text, found.start()), f"'{found.group()}': finish it or take it out"


def names(tree):
    for path, _ in tree.files(*SOURCES):
        vague = next((part for part in path.split("/") if VAGUE.search(part)), None)
        if vague:
            yield path, 1, f"'{vague}' does not say what is inside"


def codes_of(tree, path):
    """(line, number) of each error code that a source file makes."""
    constants = {name: int(number) for name, number in CONSTANT.findall(tree.code(path))}
    for name, _, ours in ((n, 0, o) for _, n, o in tree.includes(path) if o):
        if tree.texts.get(name) is not None:
            constants |= {n: int(number) for n, number in CONSTANT.findall(tree.code(name)) if n not in constants}
    code = tree.code(path)
    for found in CODE_CALL.finditer(code):
        word = found.group(1)
        number = int(word) if word.isdigit() else constants.get(word)
        if number:
            yield line_of(code, found.start()), number


def error_codes(tree):
    pages = {int(found.group(1)): path for path in tree.texts
             if (found := re.fullmatch(r"docs/errors/PM(\d{4})\.md", path))}
    homes, known = {}, set()
    for path, text in tree.cpp(tests=False):
        uses = list(codes_of(tree, path))
        spoken = [(line_of(text, found.start()), int(found.group(1))) for found in SPOKEN_CODE.finditer(text)]
        code = tree.code(path)
        known |= {number for _, number in uses + spoken} | {int(n) for n in FIRST_NUMBER.findall(code)}
        known |= {int(number) for _, number in CONSTANT.findall(code)}
        for line, number in uses + spoken:
            if number not in pages:
                yield path, line, f"PM{number:04} has no page in docs/errors"
        for line, number in uses:
            home = homes.setdefault(number, path)
            if home.split("/")[0] != path.split("/")[0]:
                yield path, line, f"PM{number:04} is made in {home} already: one code, one meaning"
    for number, path in sorted(pages.items()):
        text = tree.texts[path]
        if number not in known:
            yield path, 1, f"nothing makes PM{number:04}"
        if not text.startswith(f"# PM{number:04}") or any(w not in text for w in ("Meaning", "Cause", "Remedy")):
            yield path, 1, f"wants the title 'PM{number:04}: ...' and Meaning, Cause, Remedy"


def links(tree):
    for path, text in tree.files(".md"):
        prose = re.sub(r"^```.*?^```", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S | re.M)
        folder = posixpath.dirname(path)
        for found in LINK.finditer(prose):
            target = found.group(1).split("#")[0]
            if not target or re.match(r"[a-z]+:", target):
                continue
            aim = posixpath.normpath(posixpath.join(folder, target))
            if not (aim.startswith("..") or aim in tree.texts or tree.is_folder(aim) or aim == "."):
                yield path, line_of(prose, found.start()), f"the link to {target} leads nowhere"
        for found in QUOTED_PATH.finditer(prose):
            aim = found.group(1).rstrip("/")
            ours = tree.is_folder(aim.split("/")[0]) and not path.startswith("docs/adr/")
            if ours and aim not in tree.texts and not tree.is_folder(aim):
                yield path, line_of(prose, found.start()), f"there is no {aim}"


def headers(tree):
    for path, text in tree.files(".h"):
        if not text.startswith("// "):
            yield path, 1, "a header begins with a comment that says what it is for"
        if "#pragma once\n" not in text:
            yield path, 1, "wants #pragma once"


def twice(tree):
    for path, _ in tree.cpp():
        seen = set()
        for line, name, _ in tree.includes(path):
            if name in seen:
                yield path, line, f"includes {name} twice"
            seen.add(name)


def types(tree):
    """The linker joins what two types of one name have in common, destructors first, and says nothing."""
    seen = {}
    for path, whole in tree.cpp():
        spaces = []
        for line, text in enumerate(whole.splitlines(), 1):
            if opened := re.match(r"(?:inline )?namespace ?([\w:]*) ?\{$", text):
                spaces.append(opened[1])
            elif text.startswith("}  // namespace") and spaces:
                spaces.pop()
            elif (found := TYPE.match(text)) and "" not in spaces:
                name = "::".join([*spaces, found[1]])
                first = seen.setdefault(name, path)
                if first != path:
                    yield path, line, f"{name} is another type in {first}"


def waits(tree):
    for path, text in tree.texts.items():
        if text is not None and is_test(path) and not path.endswith((".md", ".txt", ".yaml")):
            code = code_of(text) if path.endswith((".h", ".cc")) else re.sub(r"#.*", "", text)
            for found in SLEEP.finditer(code):
                yield path, line_of(code, found.start()), f"a test waits ({found.group().strip()}): time is simulated"


def scripts(tree):
    for path, text in tree.texts.items():
        first = (text or "").partition("\n")[0]
        if path.endswith(".py") or (first.startswith("#!") and "python" in first):
            try:
                compile(text, path, "exec")
            except SyntaxError as error:
                yield path, error.lineno or 1, f"Python: {error.msg}"
        elif path.endswith(".sh") or re.match(r"#!.*\b(ba)?sh\b", first):
            run = subprocess.run(["bash", "-n"], input=text, stderr=subprocess.PIPE, text=True, check=False)
            if run.returncode:
                yield path, 1, f"bash: {run.stderr.strip()}"


RULES = (order, purity, length, heavy, open_work, names, error_codes, links, headers, twice, types, waits, scripts)


def parse_allowed(text):
    entries = []
    for number, line in enumerate(text.splitlines(), 1):
        body, _, reason = line.partition("#")
        words = body.split(None, 2)
        if words:
            entries.append((number, words if len(words) == 3 else None, reason.strip()))
    return entries


def findings_of(tree, allowed_text=""):
    """(path, line, rule, message) of all that is not allowed, in the order of the rules."""
    entries, needed, findings = parse_allowed(allowed_text), set(), []
    for rule in RULES:
        for path, line, message in rule(tree):
            fits = [number for number, words, _ in entries if words and words[0] == rule.__name__
                    and words[1] == path and words[2].strip() in message]
            needed.update(fits)
            if not fits:
                findings.append((path, line, rule.__name__, message))
    for number, words, reason in entries:
        if words is None or not reason:
            findings.append(("tests/house/allowed.txt", number, "allowed", "wants: rule path part # reason"))
        elif number not in needed:
            findings.append(("tests/house/allowed.txt", number, "allowed", "nothing needs this exception"))
    return findings


def long_files(tree):
    return [(path, len(text.splitlines())) for path, text in tree.files(*SOURCES)
            if AIM < len(text.splitlines()) <= LIMIT]


def main():
    here = pathlib.Path(__file__).resolve().parent
    tree = Tree.read(here.parents[1])
    findings = findings_of(tree, (here / "allowed.txt").read_text(encoding="utf-8"))
    for path, line, rule, message in findings:
        print(f"{path}:{line}: {rule}: {message}")
    for path, lines in long_files(tree):
        print(f"{path}: {lines} lines, the aim is {AIM}")
    print(f"house rules: {len(tree.texts)} files, {len(RULES)} rules, {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
