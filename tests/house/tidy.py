#!/usr/bin/env python3
"""Runs clang-tidy over every .cc file of the tree, two at a time, and remembers what was clean.

usage: tidy.py [--all] [FILE...]      --all forgets what was clean; FILE limits the run

The compile commands come from build/dev, less gcc's warning flags; clang reads what gcc precompiled as
plain text. Tests need be neither fast nor short. Most of a file's time goes into the headers it reaches, so files that
go together are looked at as one, and file by file where they turn out not to. A clean file is
remembered in build/tidy under a hash of its compile command, its text and that of every header of ours it reaches,
.clang-tidy, and the versions of the installed packages. CLANG_TIDY names another command to run.
"""
import concurrent.futures
import functools
import hashlib
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLEAN = ROOT / "build/tidy/clean"
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
JOBS = 2
MOST_TOGETHER = 8
# What a file may define for itself, beside members: functions, types, aliases, constants and macros; tests have names of their own.
DEFINED = re.compile(r"^(?=[\w#])(?!using namespace|namespace|template)(?:[\w:<>,&*\[\] ]+[ *&](\w+)\(|.*?\b(?:class|struct|enum|using|concept) +(?:class +)?(\w+)"
                     r"|[\w:<>,&*\[\] ]+?[ *&](\w+)(?:\[\w*\])? *(?:=|\{|;)|# *define +(\w+)|(?:TEST|TEST_F|TEST_P)\((\w+, \w+))", re.M)
HEADERS = "--header-filter=.*/(base|model|rules|engine|net|connectors|app|tests)/.*\\.(h|cc)$"  # .clang-tidy's, and these files
HIDDEN = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.M | re.S)
SHARED = {"", "testing"}


def output_of(*command):
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout


def clang_arguments(entry):
    """The compile command in words that clang takes."""
    words = entry["arguments"] if "arguments" in entry else shlex.split(entry["command"])
    while words and not re.search(r"(g\+\+|clang\+\+|c\+\+)(-\d+)?$", words[0]):
        words = words[1:]
    kept, skip = ["clang++", "-Wno-ignored-gch"], 0
    for word in words[1:]:
        if skip:
            skip = 0
        elif word in ("-o", "-MF", "-MT"):
            skip = 1
        elif not re.match(r"-(W|f(no-)?sanitize|pedantic|MD|MMD|c$)", word):
            kept.append(word)
    return kept


class Tree:
    """The files of ours: their text, and what each one includes, directly or not."""

    def __init__(self):
        self.texts = {}

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = path.read_bytes()
        return self.texts[path]

    def closure(self, *paths):
        reached, open_ = set(paths), list(paths)
        while open_:
            at = open_.pop()
            for name in INCLUDE.findall(self.text(at).decode("utf-8", "replace")):
                for found in (ROOT / name, at.parent / name):
                    if found.is_file() and found not in reached:
                        reached.add(found)
                        open_.append(found)
        return sorted(reached)


def environment_hash():
    packages = (ROOT / "deploy/packages.txt").read_text()
    names = [line.split("#")[0].strip() for line in packages.splitlines()]
    versions = output_of("dpkg-query", "-W", *[name for name in names if name])
    return versions + (ROOT / ".clang-tidy").read_bytes() + pathlib.Path(__file__).read_bytes()


def key_of(tree, path, arguments, environment):
    digest = hashlib.sha256(environment)
    digest.update("\0".join(arguments).encode())
    forced = [pathlib.Path(word) for at, word in enumerate(arguments) if at and arguments[at - 1] == "-include"]
    for file in tree.closure(path, *forced):
        digest.update(f"\0{file}\0".encode() + tree.text(file))
    return digest.hexdigest()


def is_test(path):
    return path.name.endswith("_test.cc")


def names_of(text):
    """At the start of a line: too many rather than too few."""
    return {name for found in DEFINED.findall(text) for name in found} - SHARED


class Names:
    """`hidden`: what files define for themselves alone; `seen`: what is defined in them or in the headers that they reach."""

    def __init__(self, hidden, seen):
        self.hidden, self.seen = hidden, seen

    def go_with(self, other):
        return not self.hidden & other.seen and not other.hidden & self.seen

    def __or__(self, other):
        return Names(self.hidden | other.hidden, self.seen | other.seen)


def groups_of(paths, commands, tree):
    """Files with the same command, in their order, of which none hides a name that another sees."""
    of_file = functools.cache(lambda path: names_of(tree.text(path).decode("utf-8", "replace")))
    groups = []
    for path in paths:
        kind = (is_test(path), [word for word in commands[path] if word != str(path)])
        hidden = "".join(HIDDEN.findall(tree.text(path).decode("utf-8", "replace")))
        names = Names(names_of(hidden), set().union(*map(of_file, tree.closure(path))))
        for group in groups:
            if group["kind"] == kind and len(group["paths"]) < MOST_TOGETHER and names.go_with(group["names"]):
                group["paths"].append(path)
                group["names"] |= names
                break
        else:
            groups.append({"kind": kind, "paths": [path], "names": names})
    return [group["paths"] for group in groups]


def together(paths, number, folder):
    """A file of several. By this name the analyzer knows that what it includes is no header."""
    path = folder / f"UnifiedSource{number}.cc"
    lines = [f'#include "{path}"\n' for path in paths]
    path.write_text("// NOLINTBEGIN(bugprone-suspicious-include)\n" + "".join(lines) + "// NOLINTEND(bugprone-suspicious-include)\n")
    return path


def run_tidy(path, command, database, more):
    run = subprocess.run([*command, "--quiet", *more, "-p", database, str(path)], cwd=ROOT,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # What clang itself says goes to stderr, beside a count of what was suppressed in foreign headers.
    errors = run.stderr if run.returncode and not run.stdout.strip() else ""
    return run.returncode, run.stdout + errors


def check(group, unified, command, database):
    """[(path, status, text)] of a group, and how long it took. Only what a file says when it is alone counts as a finding."""
    began = time.monotonic()
    less = ["--checks=-performance-*,-readability-function-size"] if is_test(group[0]) else []
    if len(group) > 1 and run_tidy(unified, command, database, [*less, HEADERS])[0] == 0:
        return [(path, 0, "") for path in group], time.monotonic() - began
    if len(group) > 1:
        print(f"clang-tidy: file by file: {' '.join(str(path.relative_to(ROOT)) for path in group)}", flush=True)
    return [(path, *run_tidy(path, command, database, less)) for path in group], time.monotonic() - began


def main():
    wanted = [(ROOT / word).resolve() for word in sys.argv[1:] if word != "--all"]
    with open(ROOT / "build/dev/compile_commands.json", encoding="utf-8") as file:
        entries = {pathlib.Path(entry["file"]).resolve(): entry for entry in json.load(file)}
    commands = {path: clang_arguments(entry) for path, entry in entries.items()
                if path.suffix == ".cc" and ROOT / "build" not in path.parents}
    CLEAN.mkdir(parents=True, exist_ok=True)
    database = ROOT / "build/tidy"
    tree, environment = Tree(), environment_hash()
    keys = {path: key_of(tree, path, words, environment) for path, words in commands.items()}
    open_ = [path for path in sorted(commands)
             if (not wanted or path in wanted)
             and ("--all" in sys.argv or not (CLEAN / keys[path]).exists())]
    groups = groups_of(open_, commands, tree)
    unified = [together(group, number, database) for number, group in enumerate(groups)]
    with open(database / "compile_commands.json", "w", encoding="utf-8") as file:
        alone = [(path, path, words) for path, words in commands.items()]
        joined = [(path, group[0], commands[group[0]]) for path, group in zip(unified, groups)]
        json.dump([{"file": str(path), "directory": entries[of]["directory"],
                    "arguments": [str(path) if word == str(of) else word for word in words]}
                   for path, of, words in alone + joined], file, indent=1)
    tidy = shlex.split(os.environ.get("CLANG_TIDY", "clang-tidy-19"))
    print(f"clang-tidy: {len(commands)} files, {len(open_)} to check in {len(groups)} groups", flush=True)
    began, failed, spent = time.monotonic(), 0, []
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        running = [pool.submit(check, group, joined, tidy, str(database)) for group, joined in zip(groups, unified)]
        for done in concurrent.futures.as_completed(running):
            results, seconds = done.result()
            spent.append((seconds, str(results[0][0].relative_to(ROOT))))
            for path, status, text in results:
                if status == 0:
                    (CLEAN / keys[path]).touch()
                else:
                    failed += 1
                    print(text.strip(), flush=True)
    for known in CLEAN.iterdir() if not wanted else ():
        if known.name not in keys.values():
            known.unlink()
    if spent:
        slowest = ", ".join(f"{name} {seconds:.1f} s" for seconds, name in sorted(spent)[:-4:-1])
        print(f"clang-tidy: {len(open_)} files in {time.monotonic() - began:.0f} s, slowest {slowest}")
    print(f"clang-tidy: {failed} files with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
