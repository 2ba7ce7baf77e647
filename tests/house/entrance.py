"""What `./x` and `.ci/run` make of test groups, tried on a made-up tree with stand-ins for ninja and Python."""
import os
import pathlib
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOGLE = """[==========] Running 3 tests from 1 test suite.
[==========] 3 tests from 1 test suite ran. (0 ms total)
[  PASSED  ] {0} tests.
"""


def run(groups, *command, stubs=("ninja", "cmake", "clang-format-19", "python3"), check=0, packages="", apt=None):
    """Runs a command in a tree with these groups (name: text said, exit status); (status, lines). `apt` gets what apt-get was asked."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder) / "main"
        for path in ("x", ".ci/run"):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, root / path)
        for path, text in (("deploy/packages.txt", packages), ("build/dev/build.ninja", "")):
            (root / path).parent.mkdir(parents=True)
            (root / path).write_text(text, encoding="utf-8")
        bin_ = pathlib.Path(folder) / "bin"
        bin_.mkdir()
        for name in stubs:
            program(bin_ / name, f"exit {check if name == 'python3' else 0}")
        program(bin_ / "dpkg-query", "exit 1")
        program(bin_ / "apt-get", 'echo "$*" >>apt.log')
        for name, (said, status) in groups.items():
            path = root / (f"build/dev/bin/{name}" if name.endswith("_test") else f"tests/{name}/run")
            path.parent.mkdir(parents=True, exist_ok=True)
            program(path, f"cat <<'END'\n{said}\nEND\nexit {status}")
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True, check=False,
                              env={**os.environ, "PATH": f"{bin_}:{os.environ['PATH']}"})
        if apt is not None:
            apt += (root / "apt.log").read_text(encoding="utf-8").splitlines()
        return done.returncode, done.stdout.splitlines()


def program(path, text):
    path.write_text(f"#!/usr/bin/env bash\n{text}\n", encoding="utf-8")
    path.chmod(0o755)


def the_counts_of_all_groups_are_added():
    status, lines = run({"a_test": (GOOGLE.format(3), 0), "b": ("1 passed, 0 failed\n4 passed, 0 failed", 0)}, "./x", "test")
    assert (status, lines[-1]) == (0, "7 passed, 0 failed"), lines


def a_failing_group_hides_no_other():
    status, lines = run({"a_test": (GOOGLE.format(1), 1), "b": ("4 passed, 0 failed", 0)}, "./x", "test")
    assert (status, lines[-1]) == (1, "5 passed, 2 failed"), lines
    assert any(line.startswith("b ") for line in lines) and any("3 tests from 1" in line for line in lines), lines


def a_group_that_dies_after_its_count_has_failed():
    status, lines = run({"a_test": (GOOGLE.format(3), 139)}, "./x", "test")
    assert (status, lines[-1]) == (1, "3 passed, 1 failed") and "exit 139" in lines[0], lines


def a_group_that_ran_nothing_has_failed():
    status, lines = run({"a": ("nothing to do", 0), "b_test": (GOOGLE.format(3), 0)}, "./x", "test")
    assert (status, lines[-1]) == (1, "3 passed, 1 failed") and any("ran no test" in line for line in lines), lines


def a_group_without_its_data_says_so():
    status, lines = run({"a": ("absent: ../shared", 0), "b_test": (GOOGLE.format(3), 0)}, "./x", "test")
    assert (status, lines[-1]) == (0, "3 passed, 0 failed") and any("absent: ../shared" in line for line in lines), lines


def one_group_can_be_asked_for_and_a_wrong_name_fails():
    groups = {"a_test": (GOOGLE.format(3), 0), "b": ("4 passed, 0 failed", 0)}
    assert run(groups, "./x", "test", "b")[1][-1] == "4 passed, 0 failed"
    assert run(groups, "./x", "test", "c") == (1, ["no such group", "0 passed, 1 failed"])


def each_command_installs_the_sections_it_wants():
    packages = "# All of them.\n# build\ng\n# libraries\nl\n# tests and benchmarks\nt\n# kafka: java\nk\n# checks\nc\n"
    groups = {"a_test": (GOOGLE.format(3), 0), "kafka": ("4 passed, 0 failed", 0)}
    for command, wanted in ((("build",), {"g l t"}), (("check",), {"g l t c", "g l t"}), (("setup",), {"g l t k c"}),
                            (("test", "a_test"), {"g l t c", "g l t"}), (("test", "kafka"), {"g l t k c", "g l t"}),
                            (("test",), {"g l t k c", "g l t"}), (("kafka",), {"k"})):
        apt = []
        run(groups, "./x", *command, packages=packages, apt=apt)
        asked = {line.rsplit("--no-install-recommends ", 1)[1] for line in apt if line.startswith("install")}
        assert asked == wanted, (command, apt)


def an_unknown_command_is_a_usage_error():
    assert run({}, "./x", "tset")[0] == 64 and run({}, "./x")[0] == 64
    assert run({}, "./x", "help")[0] == 0


def ci_ends_with_the_counts():
    status, lines = run({"a_test": (GOOGLE.format(3), 0)}, ".ci/run")
    assert (status, lines[-1]) == (0, "3 passed, 0 failed"), lines


def ci_fails_when_the_check_fails():
    status, lines = run({"a_test": (GOOGLE.format(3), 0)}, ".ci/run", check=1)
    assert (status, lines[-1]) == (1, "3 passed, 1 failed"), lines


def ci_fails_when_a_test_fails():
    status, lines = run({"a_test": (GOOGLE.format(2), 1)}, ".ci/run")
    assert (status, lines[-1]) == (1, "2 passed, 1 failed"), lines


TESTS = (each_command_installs_the_sections_it_wants, the_counts_of_all_groups_are_added, a_failing_group_hides_no_other,
         a_group_that_dies_after_its_count_has_failed, a_group_that_ran_nothing_has_failed,
         a_group_without_its_data_says_so, one_group_can_be_asked_for_and_a_wrong_name_fails,
         an_unknown_command_is_a_usage_error, ci_ends_with_the_counts, ci_fails_when_the_check_fails,
         ci_fails_when_a_test_fails)
