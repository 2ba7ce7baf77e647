"""The tree that the house rules read: a text for each path, and C++ text without what is no code."""
import pathlib
import re
import subprocess

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
# Numbers come first, so that a digit separator opens no character literal.
NOT_CODE = re.compile(
    r"""\b\d[\w'.]*|//[^\n]*|/\*.*?\*/|R"([^()\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'""",
    re.S)


def code_of(text, strings=False):
    """Text with comments blanked, string literals too unless wanted; lines stay where they are."""
    def blank(match):
        word = match.group()
        if word[0].isdigit() or (strings and word[0] in "\"R'"):
            return word
        return re.sub(r"[^\n]", " ", word)
    return NOT_CODE.sub(blank, text)


class Tree:
    """`texts` maps a path from the root to its text; None stands for what is not text."""

    def __init__(self, texts):
        self.texts = texts
        self._code = {}

    @staticmethod
    def read(root):
        listed = subprocess.run(["git", "ls-files", "-z", "-co", "--exclude-standard"], cwd=root,
                                check=True, stdout=subprocess.PIPE).stdout.decode()
        texts = {}
        for name in sorted(set(listed.split("\0")) - {""}):
            path = pathlib.Path(root) / name
            if path.is_file():
                try:
                    texts[name] = path.read_bytes().decode("utf-8")
                except UnicodeDecodeError:
                    texts[name] = None
        return Tree(texts)

    def files(self, *endings):
        return [(path, text) for path, text in self.texts.items()
                if text is not None and path.endswith(endings)]

    def cpp(self, tests=True):
        return [(path, text) for path, text in self.files(".h", ".cc") if tests or not is_test(path)]

    def code(self, path):
        """C++ without comments and literals; the names of included files stay."""
        if path not in self._code:
            kept = INCLUDE.sub(lambda m: m.group().replace('"', "\0"), self.texts[path])
            self._code[path] = code_of(kept).replace("\0", '"')
        return self._code[path]

    def includes(self, path):
        """(line, name, is ours) of each include."""
        text = self.texts[path]
        return [(text.count("\n", 0, found.start()) + 1, found.group(2), found.group(1) == '"')
                for found in INCLUDE.finditer(text)]

    def reached(self, path):
        """Every name that a file includes, directly or through files of ours."""
        names, open_ = set(), [path]
        while open_:
            for _, name, _ in self.includes(open_.pop()):
                if name not in names:
                    names.add(name)
                    if self.texts.get(name) is not None:
                        open_.append(name)
        return names

    def is_folder(self, path):
        return any(name.startswith(path.rstrip("/") + "/") for name in self.texts)


def is_test(path):
    return path.endswith("_test.cc") or path.startswith("tests/") or path.endswith("/testing.h")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
